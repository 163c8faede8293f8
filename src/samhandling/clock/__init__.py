"""Oslo time, elapsed-hour deadlines, working days, holidays and office hours."""
