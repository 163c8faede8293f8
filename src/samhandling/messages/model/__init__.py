"""The national documents as tables: one module per standard."""
