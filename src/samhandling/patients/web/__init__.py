"""How pages show a patient."""
