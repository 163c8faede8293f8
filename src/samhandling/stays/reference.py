"""The reference of the routine and of scenario files, made from the data itself; a test compares with the files.

`python -m samhandling.stays.reference` writes `docs/reference-routine.md` and `docs/scenarios.md`.
"""
# ruff: noqa: E501 (the pages' own lines)

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from samhandling.stays.anomalies import ANOMALIES
from samhandling.stays.causes import BREACH_SEVERITY
from samhandling.stays.play.commands import shipped as scenarios
from samhandling.stays.play.script import script
from samhandling.stays.play.words import DO, FIELDS, NAMES, SPELLINGS
from samhandling.stays.policy import NATIONAL, OSTFOLD, Policy, shipped
from samhandling.stays.prices import shipped_prices


def routine() -> str:
    """The text of `docs/reference-routine.md`."""
    return "\n".join([*_policy(), "", *_anomalies(), "", *_prices(), ""])


def scenario_files() -> str:
    """The text of `docs/scenarios.md`."""
    return "\n".join([*_scenarios(), ""])


def _policy() -> Iterator[str]:
    yield from """\
# Reference: the routine as data

Made from `samhandling/stays/routines` and the tables by `python -m samhandling.stays.reference`; a test compares.

The routine (*policy*) says who may send what to whom in which state, with which reasons and deadlines. It is dated data.
Two versions come with the program: `nasjonal` (the national rules) and `sykehuset-ostfold-1` (what Sykehuset Østfold has
agreed beside them). A decision uses the version in force on its day: that of the agreement with the patient's
municipality, else the hospital's, else `nasjonal`. What was decided before a change stands.

## A routine of one's own

1. Write a TOML file with what differs:

   ```toml
   base = "sykehuset-ostfold-1"
   name = "Sykehuset Prøve og Vik kommune"
   valid_from = 2027-01-01
   early_notice_hours = 12

   [allowed]
   #    S0 S1 S2 S3  S4 S5 S6 HN
   M9 = "X  X  A  A   X  X  X  X"
   ```

2. `samhandling policy check FILE` names every contradiction, and ends with 1 when there is one.
3. `samhandling policy diff sykehuset-ostfold-1 FILE` shows what differs.
4. `samhandling scenario FILE…` with `policy = "FILE"` shows what it means for a stay: see [Scenarios](scenarios.md).
5. `samhandling policy use FILE --hospital HER-ID [--municipality NR] --from DATE` puts it into force.
6. `samhandling policy in-force --hospital HER-ID [--municipality NR] [--day DATE]` shows which one holds.

## Values
""".splitlines()
    yield ""
    yield "| Name | `nasjonal` | `sykehuset-ostfold-1` | What |"
    yield "|---|---|---|---|"
    national, ostfold = (msgspec.to_builtins(shipped(name)) for name in (NATIONAL, OSTFOLD))
    for name, text in _attribute_texts(Policy).items():
        if name not in ("allowed",):
            same = national[name] == ostfold[name]
            yield f"| `{name}` | {_value(national[name])} | {'same' if same else _value(ostfold[name])} | {text} |"
    yield ""
    yield "Which message is allowed in which state stands in [the stay's table](reference-stay.md#allowed-messages)."


def _attribute_texts(cls: type) -> dict[str, str]:
    """The docstring below each attribute."""
    body = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
    assert isinstance(body, ast.ClassDef)
    found: dict[str, str] = {}
    name = ""
    for node in body.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name = node.target.id
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and name:
            found[name] = " ".join(str(node.value.value).split())
    return found


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, dict):
        return "<br>".join(f"{name}: {_value(one)}" for name, one in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(_value(one) for one in value) or "–"
    return json.dumps(value, ensure_ascii=False).strip('"') if not isinstance(value, bool) else "yes" if value else "no"


def _anomalies() -> Iterator[str]:
    yield from """\
## Anomalies

Found by the node, recorded as *Brudd på rutine*, never sent as a message. `anomaly`: the message responsible in office
hours, else the ward, and always on the ward's row; `nobody`: only counted.

| Code | How grave | Whose | Found by | Title | What it means | What to do |
|---|---|---|---|---|---|---|""".splitlines()
    for code, row in ANOMALIES.items():
        cells = (code, BREACH_SEVERITY[code], row.owner, row.found_in, row.title, row.means, row.do)
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield "A-01 is *high* for M3 and M5 to M8, and for every message after 96 hours."


def _prices() -> Iterator[str]:
    yield from """\
## Day prices

For the payment basis, which is always *ubekreftet*. A year that does not stand here must be entered in the routine
(`day_prices = {2027 = {amount = 6500, source = "…"}}`): it is never guessed.

| Year | Kroner | Source |
|---|---|---|""".splitlines()
    for year, price in shipped_prices().items():
        yield f"| {year} | {price.amount} | {price.source}{'' if price.verified else ' (unverified)'} |"


_BEFORE = """\
# Scenarios: a scripted stay against the routine

Made from the reader's own words by `python -m samhandling.stays.reference`; a test compares.

`samhandling scenario FILE… [--json]` plays a stay from a TOML file. The rules that decide are those of the node; nothing
is stored or sent. `--schema` prints the format as JSON Schema, `--list` the scenarios that come with the program, and
`samhandling scenario 4` plays number 4 of them. Exit status: 0 played, 1 the outcome is not what the file itself expects,
2 a file cannot be read (with the step where it stands).

```toml
name = "Tidligmelding mottatt i tide"
policy = "sykehuset-ostfold-1"     # or nasjonal, a file beside this one, or a table of values that differ

[patient]
id_type = "FNR"                    # FNR, DNR, FHN, HNR, NONE
municipality = "Mun-A"             # empty: unknown
agreement = true

[[step]]
at = 2026-11-16T10:00:00           # Oslo time
do = "admit"
ward = "MED"

[[step]]
at = 2026-11-16T10:20:00
do = "municipal_user"
value = true

[[step]]
at = 2026-11-16T22:00:00
do = "send"
message = "M3"

[[step]]
at = 2026-11-16T22:02:00
do = "apprec"
of = "M3"
status = "positive"

[expect]                           # may be left out
state = "S2"
sent = ["M1", "M3"]
deadlines = [{id = "F1", state = "met", due = 2026-11-17T10:00:00}]
breach_codes = []
```

- Steps are played in the order of the file. One whose `at` lies before an earlier step's has arrived late.
- The node writes M1, M6, M7 and M8 by itself; those named in `epj_writes` are only expected until a `send` step.
- No receipt comes that the file does not tell of; `receipts = "automatic"` gives each message a positive one at once.
- `prices = {2026 = 6200}` gives a day price that does not come with the program.
- An unknown field is told under `warnings` and does no harm.

## What can happen (`do`)

| `do` | |
|---|---|"""
_OUTCOME = """
## The outcome

One JSON array with one object per file, in the order given:

| Key | |
|---|---|
| `state` | S0 to S6, or `none` before there is a stay; `overlay` is H (no ordinary number), N (no agreement) or O (the patient objects) |
| `timeline` | everything that happened: `{at, kind, …}`, kind `transition` (with the `row` of the stay's table), `message`, `deadline`, `breach`, `task` |
| `messages` | `{code, action, at, status, to, reason}`; action `sent`, `refused` (reason: a code of the routine), `received`, or `expected`: what the routine still waits for at the end. `receipt` is positive, negative or failed |
| `deadlines` | `{id, due, state, late_seconds, affected_by_downtime}`; state `unsent`, `sent`, `met`, `missed`, `closed`; `message` for F3, F5 and F7. F9 has no `due` before the discharge |
| `breaches` | `{code, at}` with `severity` and the `message` that it is about: see [the anomalies](reference-routine.md#anomalies) |
| `tasks` | open work `{kind, due}` with its `cause` |
| `payment` | `{days, amount, outcome, certainty}` per time of being ready; `amount` is null when a day price is missing |
| `differences` | where the outcome is not what `[expect]` says |

With more than one stay the rows carry `stay`: 1, 2 …

## Scenarios that come with the program
"""


def _scenarios() -> Iterator[str]:
    yield from _BEFORE.splitlines()
    yield from (f"| `{name}` | {text} |" for name, text in DO.items())
    yield from ["", "## Fields of a step", "", "| Field | | Other spellings |", "|---|---|---|"]
    yield from (f"| `{n}` | {text} | {', '.join(SPELLINGS.get(n, ()))} |" for n, text in FIELDS.items())
    yield from ["", "## Messages", "", "| Code | Name |", "|---|---|"]
    yield from (f"| {code} | {name} |" for code, name in NAMES.items())
    yield from _OUTCOME.splitlines()
    yield from ["| Number | |", "|---|---|"]
    for number, path in scenarios().items():
        yield f"| {number} | {script(path.read_bytes(), base=path.parent).name} |"


if __name__ == "__main__":
    folder = Path(__file__).resolve().parents[3] / "docs"
    (folder / "reference-routine.md").write_text(routine())
    (folder / "scenarios.md").write_text(scenario_files())
