"""Configuration as files, the seeded demo and its simulators."""
