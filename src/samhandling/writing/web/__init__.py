"""What pages show of this room."""
