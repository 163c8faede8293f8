"""The national registers over HTTP: one bounded question at a time. No store, no Django; only jobs ask here."""
