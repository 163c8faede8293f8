"""Outages: whether they must be announced, to whom, when, and the proof that it happened (routines 1.4 and 4)."""
