"""Formatted text from outside: rebuilt from allowed names, shown whole as plain lines."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

from samhandling.messages import display, markup
from tests import payloads as p
from tests.documents import changed, read

XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'


def element(inside: str) -> etree._Element:
    return etree.fromstring(f"<TekstNotatInnhold><div {XHTML}>{inside}</div></TekstNotatInnhold>")


def test_it_works():
    found = markup.safe(element("<p>Hei <b>du</b><br/>der</p><ul><li>a</li></ul>"))
    assert found == ("<div><p>Hei <b>du</b><br>der</p><ul><li>a</li></ul></div>", frozenset())


@pytest.mark.parametrize(
    ("inside", "safe", "dropped"),
    [
        ("<script>alert(1)</script>a", "a", "script"),
        ("<style>*{}</style>a", "a", "style"),
        ('<a href="javascript:x">a</a>', "a", "a"),
        ('<img src="x" onerror="y"/>a', "a", "img"),
        ('<p onclick="x">a</p>', "<p>a</p>", "@onclick"),
        ('<p style="x">a</p>', "<p>a</p>", "@style"),
        ('<iframe src="x">b</iframe>a', "a", "iframe"),
        ('<object data="x">b</object>a', "a", "object"),
        ('<svg xmlns="http://www.w3.org/2000/svg"><text>b</text></svg>a', "a", "svg"),
        ('<form action="x"><input name="y"/></form>a', "a", "form"),
        ("<u>a</u>", "a", "u"),
        ("<font>a</font>", "a", "font"),
    ],
)
def test_what_is_dropped(inside, safe, dropped):
    found = markup.safe(element(inside))
    assert found.html == f"<div>{safe}</div>"
    assert dropped in found.dropped


def test_tables_keep_their_spans_and_empty_cells():
    rows = '<tr><td colspan="2" onclick="x">a</td></tr><tr><td>b</td><td/><td rowspan="1000">c</td></tr>'
    found = markup.safe(element(f"<table><tbody>{rows}</tbody></table>"))
    assert found.html == (
        '<div><table><tr><td colspan="2">a</td></tr><tr><td>b</td><td></td><td>c</td></tr></table></div>'
    )
    assert markup.plain(element(f"<table><tbody>{rows}</tbody></table>")) == "a\nb | | c"


def test_headings_do_not_enter_the_outline_of_the_page():
    assert markup.safe(element("<h1>Plan</h1>")).html == "<div><p><strong>Plan</strong></p></div>"


def test_text_beside_the_markup_keeps_its_lines():
    mixed = etree.fromstring(f"<T>en\nto<br {XHTML}/>tre &lt;b&gt;</T>")
    assert markup.safe(mixed).html == "en<br>to<br>tre &lt;b&gt;"
    assert markup.plain(mixed) == "en\nto\ntre <b>"


@pytest.mark.parametrize("text", ["<p>Hei</p>", "<div><b>a</b><br/></div>", "<table><tr><td>1</td></tr></table>"])
def test_an_escaped_fragment_is_markup(text):
    assert markup.escaped_fragment(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a < b",
        "<p>Hei</p> etterpå",
        "<p>Hei",
        "<script>x</script>",
        '<p onclick="x">a</p>',
        "<!DOCTYPE p><p/>",
        "<x/>",
    ],
)
def test_any_doubt_leaves_the_text_as_written(text):
    assert markup.escaped_fragment(text) is None


NAMES = st.sampled_from(sorted(markup.ALLOWED | {"script", "style", "a", "img", "svg", "u", "tbody", "foo", "iframe"}))
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["href", "src", "style", "onclick", "colspan", "class", "id"]),
    st.sampled_from(["javascript:x", "2", "x", '"><script>']),
    max_size=2,
)
TEXTS = st.sampled_from(["", "hei", "<b>", "&", '"><img src=x onerror=y>', "en\nto"])


@st.composite
def trees(draw: st.DrawFn) -> etree._Element:
    root = etree.Element("TekstNotatInnhold")
    nodes = [root]
    for _ in range(draw(st.integers(1, 12))):
        parent = draw(st.sampled_from(nodes))
        child = etree.SubElement(parent, f"{{{markup.XHTML}}}{draw(NAMES)}", draw(ATTRIBUTES))
        child.text, child.tail = draw(TEXTS), draw(TEXTS)
        nodes.append(child)
    return root


@settings(max_examples=200, deadline=None, derandomize=True)
@given(tree=trees())
def test_nothing_but_allowed_names_ever_comes_out(tree: etree._Element) -> None:
    found = html.fragment_fromstring(markup.safe(tree).html, create_parent="main")
    for item in found.iter():
        assert item.tag in markup.ALLOWED | {"main", "tbody"}, item.tag
        assert set(item.attrib) <= {"colspan", "rowspan"}
    assert not {"script", "style", "a", "img", "iframe"} & {item.tag for item in found.iter()}


def test_a_note_with_script_is_shown_without_it_and_says_so():
    text = f'<div {XHTML}><p>Ring <b>straks</b></p><script>alert(1)</script><img src="x"/></div>'
    data = p.dialogue("DIALOG_NOTAT", p.note("7321", "1", text))
    assert read(data).valid
    shown = html.document_fromstring(display.html(read(data)))
    (box,) = shown.xpath("//div[@class='message__markup']")
    assert [item.tag for item in box.iter()] == ["div", "div", "p", "b"]
    assert shown.xpath("//script | //img") == []
    assert "vises ikke av sikkerhetsgrunner" in shown.text_content()
    assert "alert" not in shown.text_content()
    assert "Ring straks" in display.text(read(data))


def test_escaped_markup_in_a_plain_field_is_rendered():
    """RECV-23: PLO text is plain by its standard, but some senders escape markup into it."""
    data = p.report("UTSKRIVNINGSRAPPORT", p.kind("9139", "11") + p.medical(p.heading("9142", "OP", "TEKST")))
    data = changed(data, ("TEKST", "&lt;p&gt;Kontroll &lt;b&gt;mandag&lt;/b&gt;&lt;/p&gt;"))
    shown = html.document_fromstring(display.html(read(data)))
    assert [b.text for b in shown.xpath("//div[@class='message__markup']//b")] == ["mandag"]
    doubt = changed(data, ("&lt;/p&gt;", "&lt;/p&gt;&lt;script&gt;x&lt;/script&gt;"))
    page = html.document_fromstring(display.html(read(doubt)))
    assert page.xpath("//script") == []
    assert "<script>x</script>" in page.text_content()
