"""Users, their roles, and the log of what they read and did."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A person who logs in."""
