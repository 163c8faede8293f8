"""Log-in, choice of role, language, and the clock of a test store."""
