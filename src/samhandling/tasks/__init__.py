"""The one table of work for people."""
