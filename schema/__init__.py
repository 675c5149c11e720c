"""What the world may ask."""
