"""Stays, the municipality's courses, the routine and its deadlines."""
