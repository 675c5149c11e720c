"""The bus: wakes whoever listens. In memory for one process, Redis Streams between processes."""
