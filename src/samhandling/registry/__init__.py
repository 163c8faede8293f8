"""Communication parties, agreements, contact points and contact groups."""
