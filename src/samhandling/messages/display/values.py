"""How single values are written for a reader: codes, dates, person numbers, yes and no, telephone numbers."""

from __future__ import annotations

import re

from samhandling.clock.oslo import say_date, say_time
from samhandling.identity.persons import classify, format_person_number
from samhandling.messages import codes
from samhandling.messages.codes.elements import lists_of
from samhandling.messages.display.labels import word
from samhandling.messages.facts.tree import Element, local, moment

_TIME_NAME = re.compile(r"dat[oe]|tid|start|slutt|birth", re.IGNORECASE)
_PERSON_KINDS = ("FNR", "DNR", "FHN", "HNR")
_YEAR_MONTH = re.compile(r"(\d{4})-(\d{2})")


def is_coded(element: Element) -> bool:
    """Whether the element carries a coded value (V with DN or S, or OT), and no time, quantity or address."""
    attributes = element.attrib
    if "DN" in attributes or "S" in attributes or "OT" in attributes:
        return True
    return "V" in attributes and bool(_lists(element))


def code_text(element: Element, lang: str) -> str:
    """A code shows its DN, else our text, else `V (list)`; OT is always shown (RECV-21, RECV-47)."""
    value = (element.get("V") or "").strip()
    name = (element.get("DN") or "").strip()
    other = (element.get("OT") or "").strip()
    shown = name or _own_text(element, value, lang) or _bare(element, value)
    if name and value and value != name:
        classification = codes.CLASSIFICATIONS.get(codes.list_number(element.get("S") or ""))
        if classification:
            shown = f"{name} ({classification} {value})"
    if other and shown:
        return f"{shown} – {other}"
    return other or shown


def _lists(element: Element) -> tuple[str, ...]:
    written = (element.get("S") or "").strip()
    if written:
        return (written,)
    parent = element.getparent()
    return lists_of(local(parent) if parent is not None else "", local(element))


def _own_text(element: Element, value: str, lang: str) -> str:
    if not value:
        return ""
    return next((text for oid in _lists(element) if (text := codes.text(oid, value, lang))), "")


def _bare(element: Element, value: str) -> str:
    lists = _lists(element)
    if not value or not lists:
        return value
    number = codes.list_number(lists[0])
    return f"{value} ({codes.CLASSIFICATIONS.get(number) or number or lists[0]})"


def code_note(element: Element, lang: str) -> str:
    """What must be said about a code: that no list has it, or that it is not to be used any more; "" else."""
    value = (element.get("V") or "").strip()
    numbers = [codes.list_number(oid) for oid in _lists(element)]
    if not value or not numbers:
        return ""
    if all(codes.surely_unknown(number, value) for number in numbers):
        return word("unknown_code", lang)
    if any(codes.known(number, value) and not codes.withdrawn(number, value) for number in numbers):
        return ""
    return word("withdrawn_code", lang) if any(codes.withdrawn(number, value) for number in numbers) else ""


def leaf_text(element: Element, lang: str) -> str:
    """The value of a leaf in words: a code, a quantity with its unit, a time, yes or no, or the text as written."""
    if is_coded(element):
        return code_text(element, lang)
    if "V" in element.attrib:
        value, unit = element.get("V") or "", element.get("U") or ""
        return f"{value.strip()} {unit.strip()}" if unit else boolean_text(value, lang) or time_text(value)
    written = (element.text or "").strip("\r\n\t ")
    if is_time_name(local(element)):
        return time_text(written)
    return boolean_text(written, lang) or written


def size_text(size: int, lang: str) -> str:
    """`340 kB`, `1,5 MB`."""
    if size < 1_000_000:
        return f"{max(round(size / 1000), 1)} {word('kilobyte', lang)}"
    shown = f"{size / 1_000_000:.1f}"
    return f"{shown if lang == 'en' else shown.replace('.', ',')} {word('megabyte', lang)}"


def is_time_name(name: str) -> bool:
    """Whether an element of that name holds a date or a time."""
    return _TIME_NAME.search(name) is not None


def time_text(raw: str) -> str:
    """`21.11.2026`, `21.11.2026 kl. 14.05`, `11.2026`; anything else as written."""
    found = moment(raw)
    if found.instant is not None:
        return say_time(found.instant)
    if found.day is not None:
        return say_date(found.day)
    month = _YEAR_MONTH.fullmatch(raw.strip())
    return f"{month[2]}.{month[1]}" if month else raw.strip()


def boolean_text(text: str, lang: str) -> str:
    """Yes or no; "" when the text is no boolean written out."""
    return {"true": word("yes", lang), "false": word("no", lang)}.get(text.strip(), "")


def identifier_text(number: str, kind: str, lang: str) -> tuple[str, str]:
    """An identifier and a note about it: person numbers grouped, an H-number said to be no fødselsnummer (HIS 1001)."""
    if kind in _PERSON_KINDS or (not kind and classify(number).kind != "NONE"):
        h_number = classify(number, kind or None).kind == "HNR" or kind == "HNR"
        return format_person_number(number), word("not_a_real_number", lang) if h_number else ""
    return number.strip(), ""


def address_text(value: str) -> tuple[str, str, str]:
    """(kind, shown, href) of a TeleAddress: `tel:73 55` is a phone, shown as written, called without blanks."""
    scheme, colon, rest = value.strip().partition(":")
    shown = rest.strip() if colon else value.strip()
    match scheme.lower():
        case "tel" if colon:
            return "phone", shown, "tel:" + "".join(sign for sign in shown if sign in "0123456789+")
        case "mailto" if colon:
            return "email", shown, ""
        case "fax" if colon:
            return "text", shown, ""
        case _:
            return "text", value.strip(), ""
