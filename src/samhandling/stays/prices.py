"""Day prices of patients ready for discharge, as data by year (routines 3.2). Other years are never guessed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

import msgspec


class DayPrice(msgspec.Struct, frozen=True, kw_only=True):
    """What one day costs in one year, and how sure we are."""

    amount: int
    """Kroner."""
    source: str
    verified: bool = True


@cache
def shipped_prices() -> dict[int, DayPrice]:
    """The day prices that come with the program, by year; 2026 and later must be entered."""
    data = (resources.files("samhandling.stays") / "rules" / "day_prices.toml").read_bytes()
    found = msgspec.toml.decode(data, type=dict[str, DayPrice])
    return {int(year): price for year, price in found.items()}


def prices(own: Mapping[str, DayPrice]) -> dict[int, DayPrice]:
    """The day prices by year: those that come with the program, and the policy's own, which win."""
    return {**shipped_prices(), **{int(year): price for year, price in own.items()}}
