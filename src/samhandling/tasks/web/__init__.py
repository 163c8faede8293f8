"""Pages of work for people."""
