"""How operations are run: limits, the document cache, compiled plans, errors. Generic over the schema."""
