"""Playing a day: events and timers in the order of their times, whoever carries them out."""

from __future__ import annotations

from datetime import datetime, timedelta

from samhandling.world.day import Happening, read_day
from samhandling.world.playing import Player


class RecordingStage:
    """Writes down what it is asked; its timers are given, and an event may set another."""

    def __init__(self, timers: list[datetime], after_event: timedelta | None = None) -> None:
        self.timers = list(timers)
        self.after_event = after_event
        self.log: list[tuple[str, datetime]] = []
        self.clock: datetime | None = None

    def come_to(self, instant: datetime) -> None:
        assert self.clock is None or instant >= self.clock, "the clock went back"
        self.clock = instant

    def deliver(self, happening: Happening) -> None:
        assert self.clock is not None
        assert self.clock >= happening.at
        self.log.append(("event", happening.at))
        if self.after_event is not None:
            self.timers.append(self.clock + self.after_event)

    def settle(self, instant: datetime) -> None:
        for timer in sorted(t for t in self.timers if t <= instant):
            self.log.append(("timer", timer))
            assert timer == instant, "a timer fired late"
            self.timers.remove(timer)

    def next_timer(self, after: datetime) -> datetime | None:
        return min((t for t in self.timers if t > after), default=None)


DAY = read_day("ostfold")
START = DAY.happenings[0].at - timedelta(minutes=1)


def test_everything_happens_at_its_own_time() -> None:
    timers = [DAY.starts_at + timedelta(minutes=m) for m in range(0, 600, 7)]
    stage = RecordingStage(timers, after_event=timedelta(minutes=20))
    player = Player(DAY.happenings, stage, START)
    player.play_to(DAY.ends_at)
    assert [at for kind, at in stage.log if kind == "event"] == [h.at for h in DAY.happenings]
    assert [at for _, at in stage.log] == sorted(at for _, at in stage.log)
    assert len([1 for kind, _ in stage.log if kind == "timer"]) == len(timers) + len(DAY.happenings)
    assert player.left == 0
    assert player.at == DAY.ends_at
    assert stage.clock == DAY.ends_at


def test_a_day_played_in_pieces_is_the_same_day() -> None:
    whole = RecordingStage([], after_event=timedelta(hours=3))
    Player(DAY.happenings, whole, START).play_to(DAY.ends_at)
    pieces = RecordingStage([], after_event=timedelta(hours=3))
    player = Player(DAY.happenings, pieces, START)
    until = START
    while until < DAY.ends_at:
        until = min(until + timedelta(hours=5, minutes=13), DAY.ends_at)
        player.play_to(until)
        assert player.at == until
    assert pieces.log == whole.log


def test_nothing_is_played_beyond_the_instant_asked_for() -> None:
    stage = RecordingStage([])
    player = Player(DAY.happenings, stage, START)
    player.play_to(DAY.starts_at)
    assert player.left == len([h for h in DAY.happenings if h.at > DAY.starts_at])


def test_a_late_start_catches_up_in_order() -> None:
    stage = RecordingStage([])
    player = Player(DAY.happenings, stage, DAY.happenings[10].at)
    player.play_to(DAY.happenings[20].at)
    assert [at for _, at in stage.log] == [h.at for h in DAY.happenings[: player.position]]
