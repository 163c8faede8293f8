"""Loopback: from party to party inside one node, or to another node on the same machine through a shared folder."""
