"""The node as a whole: its processes, its store's upkeep, what it lacks, and its figures."""
