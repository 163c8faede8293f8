"""Messages in and out: deliveries, receipts, series, duplicates."""
