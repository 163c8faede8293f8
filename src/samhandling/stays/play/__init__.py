"""Scripted stays: a file tells what happens, the routine's own rules decide, and the outcome is told as data."""
