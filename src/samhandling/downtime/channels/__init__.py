"""The ways of telling people, one module each behind `downtime.ports.Channel`."""
