"""Durable jobs: one table, ordered per key, leases, timers, the worker."""
