"""Documents of the EPJ passed on, and messages handed over to its record."""
