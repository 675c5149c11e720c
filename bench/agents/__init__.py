"""Benchmarks and stand-ins of the agents."""
