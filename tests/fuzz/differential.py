"""Our tables against the official schemas: the same verdict on every mutant, or a difference that is explained.

The explained differences stand in docs/differences-from-xsd.md; `explained` recognises exactly them.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from samhandling.messages import engine
from tests.fuzz.making import Maker, formats, payload_roots
from tests.fuzz.mutations import mutate
from tests.fuzz.oracle import Oracle


@dataclass(frozen=True)
class CounterExample:
    """A document on which we and the schemas disagree for no known reason."""

    data: bytes
    steps: tuple[str, ...]
    ours: bool
    official: bool
    reason: str


def compare(data: bytes, oracle: Oracle) -> tuple[bool, bool, str, str]:
    """Ours, theirs, their reason, our reason."""
    reading = engine.read(data)
    official, reason = oracle.judge(data)
    ours = "; ".join(f"{problem.code} {problem.path}" for problem in reading.problems[:3])
    return reading.valid, official, reason, ours


def differences(
    documents: list[bytes], oracle: Oracle, rng: random.Random, count: int | None, stop_at: float | None = None
) -> Iterator[tuple[CounterExample | None, str]]:
    """For each mutant: the counter-example or None, and the explanation ("" when both agree)."""
    trees = [etree.fromstring(data) for data in documents]
    made = 0
    while (count is None or made < count) and (stop_at is None or time.monotonic() < stop_at):
        made += 1
        tree, steps = mutate(rng.choice(trees), rng)
        data = etree.tostring(tree, encoding="UTF-8", xml_declaration=True)
        ours, official, reason, our_reason = compare(data, oracle)
        if ours == official:
            yield None, ""
            continue
        why = explained(data, oracle)
        if why:
            yield None, why
        else:
            yield CounterExample(data, tuple(steps), ours, official, f"{reason} | {our_reason}"), ""


def explained(data: bytes, oracle: Oracle) -> str:
    """The known reason for a difference, or "" if there is none.

    Only what a known cause touches is put right; then both must agree.
    """
    for name, repair in REPAIRS.items():
        tree = etree.fromstring(data)
        if not repair(tree):
            continue
        repaired = etree.tostring(tree, encoding="UTF-8", xml_declaration=True)
        ours, official, _, _ = compare(repaired, oracle)
        if ours == official:
            return name
    return ""


_DATE = re.compile(r"[ \t\r\n]*(-?[0-9][0-9:.TZ+-]*)[ \t\r\n]*")
_DOUBLE = re.compile(r"([+-]?[0-9.]+[eE][+-]?)|[ \t\r\n]*(-?INF|NaN)[ \t\r\n]*")
_STRAY = re.compile(r"[^A-Za-z0-9+/= \t\r\n]")
_BASE64_NAMES = frozenset(
    [
        "Base64Container",
        "SignatureValue",
        "DigestValue",
        "X509SKI",
        "X509Certificate",
        "X509CRL",
        "PGPKeyID",
        "PGPKeyPacket",
        "SPKISexp",
        "P",
        "Q",
        "G",
        "Y",
        "J",
        "Seed",
        "PgenCounter",
        "Modulus",
        "Exponent",
    ]
)


def _blanks_round_date(tree: etree._Element) -> bool:
    """libxml2 refuses white space round a date; XML Schema collapses it."""
    changed = False
    for node in tree.iter(etree.Element):
        match = _DATE.fullmatch(node.text or "")
        if match is not None and match[1] != node.text and not len(node):
            node.text, changed = match[1], True
    return changed


def _stray_base64(tree: etree._Element) -> bool:
    """libxml2 passes over signs that are no base64; XML Schema refuses them."""
    changed = False
    for node in tree.iter(etree.Element):
        if etree.QName(node).localname in _BASE64_NAMES and _STRAY.search(node.text or ""):
            node.text, changed = _STRAY.sub("", node.text or ""), True
    return changed


def _odd_double(tree: etree._Element) -> bool:
    """libxml2 takes an exponent without digits, and refuses white space round INF and NaN."""
    changed = False
    for node in tree.iter(etree.Element):
        for name in ("", "V"):
            value = node.get(name) if name else node.text
            match = _DOUBLE.fullmatch(value or "")
            better = (match[2] or f"{match[1]}0") if match is not None else value
            if better != value and better is not None:
                changed = True
                if name:
                    node.set(name, better)
                else:
                    node.text = better
    return changed


REPAIRS: dict[str, Callable[[etree._Element], bool]] = {
    "blanks round a date": _blanks_round_date,
    "stray signs in base64": _stray_base64,
    "odd double": _odd_double,
}


def originals(standards: Path, oracle: Oracle, rng: random.Random, made: int = 150, each: int = 6) -> list[bytes]:
    """The official valid documents, some of every standard and version made from the tables, and some of anything."""
    files = sorted([*standards.glob("examples/*/*.xml"), *standards.glob("acceptance/*/*.xml")])
    found = [data for file in files if oracle.judge(data := file.read_bytes())[0]]
    return found + made_documents(rng, made, each)


def made_documents(rng: random.Random, made: int = 150, each: int = 6) -> list[bytes]:
    """Documents made at random from the tables: `each` of every standard and version, and `made` of anything."""
    maker = Maker(rng, payload_roots())
    of_each = [maker.of_format(known) for known in formats() for _ in range(each)]
    return [engine.build(document) for document in (*of_each, *(maker.message() for _ in range(made)))]
