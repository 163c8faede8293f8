"""Any tree whatever is displayed without failing, with all its text and nothing of it as markup."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

from samhandling.messages import display, facts, profiles
from samhandling.messages.display import labels
from tests.documents import message, read
from tests.payloads import attachment, with_attachments
from tests.unit.test_profiles_reports import RIGHT

_NAMES = st.sampled_from(
    sorted(
        {name.rpartition("/")[2] for name in labels.LABELS}
        | labels.THROUGH
        | {"Id", "TypeId", "AdditionalId", "Inst", "Dept", "City", "PostalCode", "County", "NoeNytt"}
    )
)
BASES = [message(), *RIGHT.values(), with_attachments(RIGHT["DIALOG_HELSEFAGLIG"], attachment("QUFB"))]
_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), max_size=30)
_ATTRIBUTES = st.dictionaries(st.sampled_from(["V", "DN", "S", "OT", "U", "komponentID"]), _TEXTS, max_size=3)


@st.composite
def trees(draw: st.DrawFn) -> etree._Element:
    """A valid message of any type with a few elements of it replaced, moved, doubled or filled with anything."""
    root = read(draw(st.sampled_from(BASES))).tree
    for _ in range(draw(st.integers(1, 8))):
        elements = list(root.iter())[1:]
        element = draw(st.sampled_from(elements))
        match draw(st.integers(0, 4)):
            case 0:
                element.tag = draw(_NAMES)
            case 1:
                element.text = draw(_TEXTS)
            case 2:
                element.tail = draw(_TEXTS)
            case 3:
                for name, value in draw(_ATTRIBUTES).items():
                    element.set(name, value)
            case _:
                etree.SubElement(element, draw(_NAMES), draw(_ATTRIBUTES)).text = draw(_TEXTS)
    return root


class Seen:
    """What the display needs of a reading."""

    def __init__(self, tree: etree._Element) -> None:
        self.tree = tree
        self.valid = False


@settings(max_examples=200, deadline=None, derandomize=True)
@given(tree=trees(), lang=st.sampled_from(["nb", "nn", "en"]))
def test_nothing_fails_and_nothing_becomes_markup(tree: etree._Element, lang: str) -> None:
    page = display.html(Seen(tree), lang=lang)
    shown = html.document_fromstring(page)
    allowed = {"html", "head", "meta", "title", "style", "body", "main", "article", "section", "p", "dl", "dt", "dd"}
    allowed |= {"h1", "h2", "h3", "h4", "h5", "h6", "a", "span", "details", "summary"}
    assert {element.tag for element in shown.iter()} <= allowed
    assert display.text(Seen(tree), lang=lang).endswith("\n")
    found = facts.of_tree(tree)
    assert found is not None
    profiles.check(found, tree)
    display.fragment(Seen(tree), lang=lang, own=["2021"])


@settings(max_examples=200, deadline=None, derandomize=True)
@given(tree=trees())
def test_no_text_is_lost(tree: etree._Element) -> None:
    page = html.document_fromstring(display.html(Seen(tree))).find(".//article")
    shown = " ".join(page.text_content().split())
    for element in tree.iter():
        above = {etree.QName(item).localname for item in (element, *element.iterancestors())}
        # Internal ids are never shown, and of an attachment only its size.
        if above & (labels.NEVER | {"Base64Container"}):
            continue
        for text in (element.text, element.tail):
            words = " ".join((text or "").split())
            if words and not any(sign.isdigit() for sign in words) and words not in ("true", "false"):
                assert words in shown, (element.tag, words)
