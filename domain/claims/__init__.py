"""Claims about a person, and whether the person's facts support them."""
