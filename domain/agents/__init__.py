"""Agents: areas, tools, prompts, memory, and how what others wrote is kept from being obeyed."""
