"""Random histories of a stay, with messages and receipts both ways: what may never happen, and what must.

The verdicts are compared with a slow reference that is written straight from the routine's text (2.4), and knows
nothing of the node's own rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from samhandling.stays.play.carrying import PlayedStay
from samhandling.stays.play.player import Player
from samhandling.stays.play.report import outcome
from samhandling.stays.play.script import Script, ScriptStep, Who
from samhandling.stays.policy import OSTFOLD, shipped
from samhandling.stays.rules import State, StayState
from samhandling.stays.rules.allowed import may_send
from samhandling.stays.rules.values import Request
from tests.unit.test_routine_tables import TABLE

START = datetime(2025, 3, 28, 9, 0, tzinfo=UTC)
"""A Friday before the clocks go forward, in a year whose day price is known."""
COLUMNS = ("S0", "S1", "S2", "S3", "S4", "S5", "S6", "HN")
REFERENCE = {line.split()[0]: dict(zip(COLUMNS, line.split()[1:], strict=True)) for line in TABLE.strip().splitlines()}

# Histories -----------------------------------------------------------------------------------------------------------

YES_NO = st.booleans()
OUT_CODES = st.sampled_from(["M1", "M3", "M4", "M5", "M6", "M7", "M8", "M9", "M10", "M11", "C"])
STEP = st.one_of(
    st.tuples(st.just("municipal_user"), st.fixed_dictionaries({"value": YES_NO, "reason": st.sampled_from(["", "mistake", "ended"])})),
    st.tuples(st.just("municipal_user"), st.just({"value": True})),
    st.tuples(st.just("need"), st.fixed_dictionaries({"value": YES_NO})),
    st.tuples(st.just("ready"), st.fixed_dictionaries({"by": st.sampled_from(["Lise Legesen", ""])})),
    st.tuples(st.just("ready"), st.just({"date": "2025-04-02"})),
    st.tuples(st.just("not_ready"), st.fixed_dictionaries({"reason": st.sampled_from(["", "mistake"])})),
    st.tuples(st.just("transfer"), st.fixed_dictionaries({"ward": st.sampled_from("AB"), "track": st.sampled_from(["SOMATIC", "PSYCH"])})),
    st.tuples(st.just("discharge"), st.just({"to": "1"})),
    st.tuples(st.sampled_from(["death", "undo_death", "undo_discharge", "admit", "look"]), st.just({})),
    st.tuples(st.just("cancel_admission"), st.fixed_dictionaries({"reason": st.sampled_from(["", "wrong_patient"])})),
    st.tuples(st.just("identity"), st.fixed_dictionaries({"id_type": st.sampled_from(["FNR", "FNR", "HNR", "DNR"])})),
    st.tuples(st.just("municipality"), st.fixed_dictionaries({
        "to": st.sampled_from(["3101", "3103", ""]), "agreement": YES_NO, "reason": st.sampled_from(["rettet", "endret", ""])})),
    st.tuples(st.just("object"), st.fixed_dictionaries({"value": YES_NO})),
    st.tuples(st.just("send"), st.fixed_dictionaries({"message": OUT_CODES, "of": st.sampled_from(["M3", "M9", "M2"]), "reason": st.sampled_from(["", "a"])})),
    st.tuples(st.just("send"), st.fixed_dictionaries({"message": st.sampled_from(["M3", "M4", "M5"])})),
    st.tuples(st.just("receive"), st.fixed_dictionaries({
        "message": st.sampled_from(["M2", "M9", "M10", "M11", "M13"]), "answer": st.sampled_from(["", "can", "cannot"])})),
    st.tuples(st.just("receipt"), st.fixed_dictionaries({
        "of": st.sampled_from(["M1", "M3", "M4", "M5", "M6", "M8", "M9"]), "status": st.sampled_from(["positive", "positive", "negative"])})),
    st.tuples(st.just("receipt"), st.fixed_dictionaries({"of": st.sampled_from(["M3", "M6"])})),
)  # fmt: skip
GAPS = st.sampled_from([1, 5, 20, 60, 240, 1500])
HISTORY = st.lists(st.tuples(GAPS, STEP), max_size=25)


class Watched(Player):
    """Plays, and writes down in which state the municipality was told what by a person or the EPJ."""

    def __init__(self, script: Script) -> None:
        self.verdicts: list[tuple[str, StayState, datetime, str, bool]] = []
        super().__init__(script)

    def _send(self, step: ScriptStep) -> None:
        code = step.text("message")
        before, count = self.stay.state, len(self.stay.ledger.letters)
        super()._send(step)
        new = self.stay.ledger.letters[count:]
        if new and code in REFERENCE and code != "C":
            went = new[0].action != "refused"
            self.verdicts.append((code, before, self.now, step.text("reason"), went))


def played(history: list[tuple[int, tuple[str, dict[str, Any]]]], *, agreement: bool = True) -> Watched:
    at, steps = START, [ScriptStep(number=1, at=START, do="admit", values={"ward": "A"})]
    for number, (gap, (do, values)) in enumerate(history, 2):
        at += timedelta(minutes=gap)
        steps.append(ScriptStep(number=number, at=at, do="apprec" if do == "receipt" else do, values=values))
    who = Who(id_class="FNR", municipality="3101", agreement=agreement)
    player = Watched(Script(name="", policy=shipped(OSTFOLD), who=who, steps=tuple(steps)))
    for step in steps:
        player.until(step.at)
        if step.do == "apprec" and player.post_box.find(step.text("of")) is None:
            continue  # nothing of the kind was sent
        player._step(step)
    player.until(player.now, including=True)
    return player


# The reference -------------------------------------------------------------------------------------------------------


def reference(code: str, state: StayState, now: datetime, reason: str | None) -> str:
    """2.4 word for word: A, (A) or X."""
    if state.state is State.NONE:
        column = "S0"
    elif state.objects or not state.ordinary or not (state.municipality and state.agreement):
        column = "HN"
    else:
        column = state.state.value
    word = REFERENCE[code][column]
    if column == "HN":
        pass
    elif code == "M6" and state.m6 == "told":
        word = "X"
    elif code == "M6" and column == "S3":
        word = "A"  # T12: the one before is withdrawn
    elif code == "M8" and (state.m8 == "told" or column == "S4"):
        word = "X"  # once; after the discharge automatic only
    elif code == "M8" and column == "S5":
        word = "A" if state.before in (State.ACTIVE, State.READY) else "X"
    elif (code == "M1" and state.m1 == "told") or (code == "M7" and state.m6 != "told"):
        word = "X"
    elif code == "M10" and word != "X":
        open_ones = [r for r in state.requests if not r.ours]
        same_day = state.discharged_at is None or _oslo_day(now) == _oslo_day(state.discharged_at)
        word = "X" if not open_ones or (column == "S4" and (not same_day or reason == "")) else word
    elif code in ("M4", "M5") and column == "S4":
        late = state.discharged_at is not None and now - state.discharged_at > timedelta(days=7)
        word = "X" if late or reason == "" else "(A)"
    if code == "M11" and word != "X" and reason is not None and reason not in ("wrong_addressee", "technical"):
        word = "X"
    return word


def _oslo_day(at: datetime) -> Any:
    from zoneinfo import ZoneInfo

    return at.astimezone(ZoneInfo("Europe/Oslo")).date()


WORDS = {"yes": "A", "warn": "(A)", "no": "X"}
MARKS = st.sampled_from(["", "told", "manual"])
STATES = st.builds(
    StayState,
    state=st.sampled_from(State), before=st.sampled_from(State), ordinary=st.sampled_from([True, True, False]),
    municipality=st.sampled_from(["3101", "3101", ""]), agreement=st.sampled_from([True, True, False]),
    objects=st.sampled_from([False, False, True]), m1=MARKS, m6=MARKS, m8=MARKS,
    discharged_at=st.none() | st.integers(0, 20_000).map(lambda m: START - timedelta(minutes=m)),
    requests=st.lists(st.builds(Request, reference=st.just("1"), ours=YES_NO, at=st.just(START)), max_size=2).map(tuple),
)  # fmt: skip


@settings(max_examples=2000, deadline=None)
@given(st.sampled_from(sorted(REFERENCE)), STATES, st.sampled_from([None, "", "Glemt", "technical", "other"]))
def test_the_verdict_is_that_of_the_slow_reference(code: str, state: StayState, reason: str | None) -> None:
    answer = may_send(code, state, shipped(OSTFOLD), now=START, reason=reason)
    assert WORDS[answer.word] == reference(code, state, START, reason)


# Invariants ----------------------------------------------------------------------------------------------------------


class Municipality:
    """What one municipality has been told, as it sees it. Raises when it is told nonsense."""

    def __init__(self) -> None:
        self.admitted = self.ready = self.out = False

    def hear(self, code: str) -> None:
        match code:
            case "M1":
                assert (self.admitted, self.ready, self.out) == (False, False, False), "M1 again, or after M6 or M8"
                self.admitted = True
            case "M6":
                assert not self.ready, "M6 without M7"
                assert not self.out, "M6 after M8"
                self.ready = True
            case "M7":
                assert self.ready, "M7 without M6"
                self.ready = False
            case "M8":
                assert not self.out, "M8 twice"
                self.out = True

    def forget(self, code: str) -> None:
        match code:
            case "M1":
                self.admitted = False
            case "M6":
                self.ready = False
            case "M8":
                self.out = False


def hear(stay: PlayedStay) -> dict[str, Municipality]:
    told: dict[str, Municipality] = {}
    for letter in stay.ledger.letters:
        if letter.action != "sent" or letter.receipt == "negative":
            continue
        there = told.setdefault(letter.municipality, Municipality())
        if letter.status == "C":
            there.forget(letter.code)
        else:
            there.hear(letter.code)
    return told


def standing(stay: PlayedStay, code: str) -> bool:
    """The message went to the patient's municipality and stands, was rejected (somebody knows), or waits for a name."""
    town = stay.state.municipality
    letters = [
        one for one in stay.ledger.letters if one.code == code and one.action == "sent" and one.municipality == town
    ]
    return any(one.status != "C" and not one.cancelled for one in letters)


def gaps(stay: PlayedStay) -> Iterator[str]:
    """What the municipality must know by now, and nobody has told it or is asked to."""
    state = stay.state
    asked = {job.cause for job in stay.ledger.jobs}
    inside = state.state in (State.ACTIVE, State.READY)
    if inside and state.objects and (state.user or state.state is State.READY) and state.m1 != "told":
        if "stay.objection" not in asked:
            yield "objection: nobody decides"
    elif inside and state.overlay in ("H", "N") and state.user and not state.m1:
        yield "overlay: nobody calls"
    if inside and not state.overlay:
        if state.user is True and not standing(stay, "M1") and not standing(stay, "M6"):
            yield "M1"
        if state.need is not False and state.involved and state.early_due is None:
            yield "F1"
    held = state.m6 == "waiting" and stay.ledger.open_jobs("stay.name_missing")
    if state.state is State.READY and not state.overlay and not standing(stay, "M6") and not held:
        yield "M6"
    left = state.state is State.OUT and state.before in (State.ACTIVE, State.READY)
    if left and state.m8 != "manual" and not standing(stay, "M8"):
        yield "M8"


@settings(max_examples=300, deadline=None)
@given(HISTORY)
def test_never_nonsense_never_forgotten_never_silent(history: list[Any]) -> None:
    player = played(history)
    for stay in player.stays:
        hear(stay)
        assert list(gaps(stay)) == []


@settings(max_examples=200, deadline=None)
@given(HISTORY)
def test_what_people_send_goes_exactly_when_the_reference_lets_it(history: list[Any]) -> None:
    for code, state, now, reason, went in played(history).verdicts:
        if code == "M11":
            continue  # also depends on the message that it names
        word = reference(code, state, now, reason if code in ("M4", "M5", "M10") else None)
        assert went == (word != "X"), (code, state)


@settings(max_examples=200, deadline=None)
@given(HISTORY)
def test_never_a_message_without_agreement(history: list[Any]) -> None:
    kept = [(gap, step) for gap, step in history if step[0] != "municipality"]
    player = played(kept, agreement=False)
    assert [
        one.code for _, one in player.all_letters() if one.action == "sent" and one.code not in ("M11", "M12")
    ] == []


@settings(max_examples=200, deadline=None)
@given(HISTORY)
def test_no_date_is_charged_twice_and_the_outcome_is_complete(history: list[Any]) -> None:
    found = outcome(played(history), "x")
    for number in {p.get("stay", 1) for p in found["payment"]}:
        dates = [d for p in found["payment"] if p.get("stay", 1) == number for d in p["dates"]]
        assert len(dates) == len(set(dates))
    assert {d["state"] for d in found["deadlines"]} <= {"unsent", "sent", "met", "missed", "closed"}
    assert all((d["late_seconds"] > 0) <= (d["state"] == "missed") for d in found["deadlines"])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 2000), min_size=1, max_size=3, unique=True), st.integers(0, 4000))
@example([1439], 1441)
def test_f1_does_not_depend_on_when_the_receipt_reaches_us(receipts: list[int], learned: int) -> None:
    """The first receipt's own time decides, whether we learn of it before or after the alarm."""
    steps: list[ScriptStep] = [
        ScriptStep(number=1, at=START, do="admit", values={}),
        ScriptStep(number=2, at=START, do="municipal_user", values={"value": True}),
        ScriptStep(number=3, at=START, do="send", values={"message": "M3"}),
    ]
    first = min(receipts)
    at = START + timedelta(minutes=max(learned, first))
    values = {"of": "M3", "generated": START + timedelta(minutes=first)}
    steps.append(ScriptStep(number=4, at=at, do="apprec", values=values))
    who = Who(id_class="FNR", municipality="3101", agreement=True)
    player = Player(Script(name="", policy=shipped(OSTFOLD), who=who, steps=tuple(steps)))
    player.play()
    (clock,) = [d for d in outcome(player, "x")["deadlines"] if d["id"] == "F1"]
    assert clock["state"] == ("met" if first <= 24 * 60 else "missed")
