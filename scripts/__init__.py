"""What `./run` calls."""
