"""Patients of one organisation: numbers with history, matching, merge, protection marks."""
