"""Organisations and their units, with validity; which of them this node hosts."""
