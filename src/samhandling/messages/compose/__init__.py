"""Values to documents: one module per message family."""
