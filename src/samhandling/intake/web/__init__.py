"""Pages of what came from the patient system."""
