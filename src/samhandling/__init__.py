"""Samhandling: message exchange node and working desk for hospital-municipality collaboration in Norway."""

__version__ = "0.1.0"
