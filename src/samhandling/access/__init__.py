"""Users, roles, scope, log-in, and the log of reading and acting."""
