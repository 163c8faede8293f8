"""Ways out and in, one folder each."""
