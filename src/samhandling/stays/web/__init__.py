"""Pages of stays and courses."""
