"""The front door: my work and search."""
