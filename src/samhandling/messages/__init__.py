"""The national documents: read, checked, bound, built, shown."""
