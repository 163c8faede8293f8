"""The table of rules, its page, and that every rule can be reached and every finding has a rule."""

from __future__ import annotations

import re
from pathlib import Path

from samhandling.ebxml import certificates, rules

ROOT = Path(__file__).parents[2]
CODES = {
    "ValueNotRecognized",
    "NotSupported",
    "Inconsistent",
    "OtherXml",
    "DeliveryFailure",
    "TimeToLiveExpired",
    "SecurityFailure",
    "MimeProblem",
    "Unknown",
}

LISTED = """
2 3 4 5 6 7 8 9 10 11 12 13 14 16 17 18 19 20 21 22 23 25 27 29 30 31 32 33 34 36 38 39 40 41 42 43 44 45 46 47
48 50 51 52 54 55 56 58 59 60 61 64 65 66 67 68 69 70 71 72 74 75 76 77 78 79 80 81 82 83 84 85 86 94 100 101
102 103 104 105 106 107 108 109 110 111 112 113 114 115 116 117 120 121 122 123 250 251 252 253 255 256 257 258
259 260 261 262 263 264 265 266 267 268 269 270 271 272 273 274 279 363
"""
"""Ids that the checklist of the notes names."""


def test_the_page_is_made_from_the_table():
    assert (ROOT / "docs" / "ebxml-rules.md").read_text() == rules.page(), "python -m samhandling.ebxml.rules"


def test_every_rule_has_a_place_in_the_code():
    source = "".join(
        path.read_text() for path in (ROOT / "src/samhandling/ebxml").rglob("*.py") if path.name != "rules.py"
    )
    made = {f"certificate_{doubt}" for doubt in certificates.Doubt}
    made |= {f"mail_{word}_{fault}" for word in ("from", "to", "id", "date") for fault in ("missing", "empty")}
    made |= {f"{side}_{fault}" for side in ("from", "to") for fault in re.findall(r'f"\{word\}_(\w+)"', source)}
    made |= {f"{name}_{fault}" for name in ("service", "action") for fault in ("missing", "empty")}
    unreached = {rule for rule in rules.RULES if f'"{rule}"' not in source and rule not in made}
    assert unreached == set()


def test_codes_are_those_of_the_specification():
    for rule in rules.RULES.values():
        if rule.answer is rules.Answer.FAULT:
            assert rule.code in {"Client", "Server", "MustUnderstand", "VersionMismatch"}, rule.id
        elif rule.answer in {rules.Answer.ERROR, rules.Answer.WARNING}:
            assert rule.code in CODES, rule.id
        else:
            assert rule.code == "", rule.id


def test_hits_ids_of_the_checklist_are_all_there():
    assert set(LISTED.split()) - {rule.hits for rule in rules.RULES.values()} == set()
