"""The code lists say what the official examples say."""

from __future__ import annotations

from pathlib import Path
from typing import get_args, get_type_hints

from lxml import etree

from samhandling.messages import codes
from samhandling.messages.codes.elements import lists_of
from samhandling.messages.model import kith, roots


def test_every_code_of_the_examples_is_known_with_its_text(standards: Path) -> None:
    seen: set[tuple[str, str]] = set()
    examples = standards / "examples"
    for path in sorted([*examples.glob("plo-1.*/*.xml"), *examples.glob("dialog-1.*/*.xml")]):
        for element in etree.parse(str(path)).iter("{*}*"):
            value, text, oid = element.get("V"), element.get("DN"), element.get("S")
            if value is None or text is None:
                continue
            parent = element.getparent()
            lists = (
                (codes.list_number(oid),)
                if oid
                else lists_of(etree.QName(parent).localname, etree.QName(element).localname)
            )
            assert lists, (path.name, element.tag)
            if all(number in codes.CLASSIFICATIONS for number in lists):
                # Kept elsewhere: the text of the document is shown.
                continue
            texts = {codes.text(number, value) for number in lists}
            assert text in texts, (path.name, element.tag, value, text)
            seen.update((number, value) for number in lists)
    assert len(seen) > 70


def test_every_code_of_the_older_families_is_shown_with_its_text(standards: Path) -> None:
    """Their own lists are not at hand: each of their codes carries its text, and none is marked as unknown."""
    from samhandling.messages.display import values

    count = 0
    for folder in ("epikrise-1.2", "henvisning-2.0", "svarrapport-1.4"):
        for path in sorted((standards / "examples" / folder).glob("*.xml")):
            for element in etree.parse(str(path)).iter("{*}*"):
                if element.get("V") and element.get("DN"):
                    count += 1
                    assert element.get("DN") in values.code_text(element, "nb")
                    assert values.code_note(element, "nb") == "", (path.name, element.tag)
    assert count > 150


def test_every_coded_element_of_plo_and_dialogue_has_its_lists() -> None:
    """What a CS or CV may hold is known, but for the few that no profile ties to a list."""
    free = {"ContentType", "ContentCategory", "CityDistr", "MedSpeciality", "Role", "SakstypeKodet", "KodeAnnetStoff"}
    free |= {"MaalForventetResultat", "ForventetGradMaaloppnaaelse", "Konsultasjonsform", "Dept/Type"}
    missing = set()
    for cls, scope in roots.elements().values():
        if scope.standard in ("epikrise", "henvisning", "svarrapport"):
            continue
        for name, annotation in get_type_hints(cls).items():
            if {kith.CS, kith.CV} & {annotation, *get_args(annotation)} and not lists_of(cls.__name__, name):
                missing.add(f"{cls.__name__}/{name}" if name == "Type" else name)
    assert missing <= free
