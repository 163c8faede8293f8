"""Person numbers, organisation numbers and HER-ids."""
