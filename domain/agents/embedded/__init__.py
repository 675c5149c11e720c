"""The embedded engine: answers plain requests and slash commands by rule, through the same tools as a model."""
