"""How far a simulated day has been played in this store. Real stores hold no row."""

from __future__ import annotations

from django.db import models


class PlayedDay(models.Model):
    """The single row (id 1) of a store in which a day is played: a second start goes on where the first one stopped."""

    world = models.CharField(max_length=100)
    at = models.DateTimeField()
    """The simulated instant up to which everything has been played."""
    ready = models.BooleanField(default=False)
    """True when all that lies before the day has been played: the day itself may begin."""
    letters = models.JSONField(default=list)
    """Which of the messages that people write have been written, by their ids in the day."""
