"""What this store is (test or real) and its clock."""
