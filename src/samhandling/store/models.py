"""One row that says what this store is."""

from __future__ import annotations

from django.db import models


class Store(models.Model):
    """The single row (id 1) that marks the store.

    A store marked *test* takes demo worlds, demo users and synthetic numbers, shows SYNTETISK on every page and print,
    and may run its clock apart from the machine's. Any other store refuses all of these.
    """

    test = models.BooleanField(default=False)
    clock_offset = models.FloatField(default=0.0)
    """Seconds to add to the machine's clock; always 0 unless `test`."""
    clock_target = models.DateTimeField(null=True)
    """Where a page asked the clock to be, while a simulated day is played towards it event by event."""
    driven_until = models.DateTimeField(null=True)
    """A simulated day moves the clock as long as this instant of the machine's clock lies ahead."""
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(test=True) | models.Q(clock_offset=0.0), name="real_store_real_time"
            ),
        ]
