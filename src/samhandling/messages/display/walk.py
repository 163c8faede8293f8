"""From a parsed document to what a reader sees: one generic walk, in document order, that drops nothing.

Every text and every code is shown where it stands; ids, OIDs and component attributes are gathered for the closed
part; internal document ids are never shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from samhandling.messages import markup
from samhandling.messages.display import labels, shapes, values
from samhandling.messages.display.blocks import Row, Section
from samhandling.messages.display.titles import GROUPS, Title, title_of
from samhandling.messages.facts.attached import Measured, is_attachment, measure
from samhandling.messages.facts.tree import Element, attribute, child, children, local, namespace, raw_text, text
from samhandling.messages.facts.values import Attachment

DSIG = "http://www.w3.org/2000/09/xmldsig#"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_DEEPEST = 60
_INDENT = re.compile(r"\r?\n\t+")
_VALUE_ATTRIBUTES = frozenset({"V", "DN", "OT", "S", "U"})
# Texts that stand under their heading alone.
_PROSE = frozenset({"Notat", "TekstNotatInnhold", "TextResultValue"})
_PROSE_IN = frozenset({("Observation", "Description")})


class Walk:
    """One pass over a document: fills sections and, on the side, the technical particulars."""

    def __init__(self, lang: str, own: Iterable[str] = (), attachments: Iterable[Attachment] = ()) -> None:
        """`attachments`: those of the facts, in order, so that large ones are measured once."""
        self.lang = lang
        self.own = frozenset(own)
        self._attachments = iter(attachments)
        self._attached: Attachment | None = None
        self.technical: list[Row] = []
        self._depth = 0

    def sections(self, root: Element) -> list[Section]:
        """The document as sections: what stands loose at the top is gathered under *Om meldingen*."""
        found: list[Section] = []
        loose: Section | None = None
        for item in _grouped(self._items(root), self.lang):
            if isinstance(item, Section):
                loose = None
                found.append(item)
            elif loose is not None:
                loose.items.append(item)
            else:
                key = "about_document" if found else "about_message"
                loose = Section(labels.word(key, self.lang), [item])
                found.append(loose)
        return found

    def _items(self, element: Element) -> Iterator[Row | Section]:
        """What an element's content gives, in order."""
        if self._depth >= _DEEPEST:
            # No standard nests so deep, and no heading could: what is left is shown as lines.
            rest = plain_text(element)
            if rest:
                yield Row(labels.word("text", self.lang), rest)
            return
        self._depth += 1
        yield from self._content(element)
        self._depth -= 1

    def _content(self, element: Element) -> Iterator[Row | Section]:
        if element.text and element.text.strip():
            yield Row(labels.word("text", self.lang), element.text.strip())
        named = False
        for item in element:
            name = local(item)
            if name in shapes.NAMES and (named or shapes.has_one_name(element)):
                if not named:
                    named = True
                    yield from self._person_name(element)
            elif name:
                yield from self._element(item, name, local(element))
            if item.tail and item.tail.strip():
                yield Row(labels.word("text", self.lang), item.tail.strip())

    def _element(self, element: Element, name: str, parent: str) -> Iterator[Row | Section]:
        if name in labels.NEVER:
            return
        if namespace(element) == DSIG:
            self.technical.append(Row(labels.word("signed", self.lang), labels.word("yes", self.lang)))
            return
        self._note_technical(element, name, parent)
        if shapes.is_technical(element, name, parent):
            return
        special = _SPECIAL.get(name)
        if special is not None and shapes.as_expected(element, name):
            yield from special(self, element, parent)
        elif len(element) == 0:
            yield from self._leaf(element, name, parent)
        elif markup.is_marked_up(element):
            yield self._marked_up(element, name, parent)
        elif self._is_passed_through(element, name, parent):
            yield from self._items(element)
        else:
            yield from self._section(element, name, parent)

    def _is_passed_through(self, element: Element, name: str, parent: str) -> bool:
        if name == "Document" and is_attachment(element):
            self._attached = next(self._attachments, None) if parent == "MsgHead" else None
            return False
        return name in labels.THROUGH or (parent, name) in labels.THROUGH_IN

    def _section(self, element: Element, name: str, parent: str) -> Iterator[Section]:
        """A part under its heading, without the rows that the heading says already."""
        if name == "OtherReceiver":
            title = Title(self._receiver_title(element))
        else:
            title = title_of(element, name, parent, self.lang)
        items = [
            item
            for item in _grouped(self._items(element), self.lang)
            if not (isinstance(item, Row) and not item.note and (item.label, item.value) in title.says)
        ]
        if items or title.says:
            yield Section(title.text, items, title.critical, GROUPS.get(name, ""))

    def _marked_up(self, element: Element, name: str, parent: str) -> Row:
        found = markup.safe(element)
        note = labels.word("formatting_dropped", self.lang) if found.dropped else ""
        return Row(self._label(name, parent), markup.plain(element), "markup", note=note, markup=found.html)

    def _label(self, name: str, parent: str) -> str:
        """ "" for a text that its heading names already."""
        prose = name in _PROSE or (parent, name) in _PROSE_IN
        return "" if prose else labels.label(parent, name, self.lang)

    def _receiver_title(self, element: Element) -> str:
        role = child(element, "RoleReceiver")
        title = labels.label("MsgInfo", "OtherReceiver", self.lang)
        if role is not None:
            title = values.code_text(role, self.lang) or title
        ours = any(her_id in self.own for her_id in _her_ids(element))
        return f"{title} ({labels.word('us', self.lang)})" if ours else title

    def _leaf(self, element: Element, name: str, parent: str) -> Iterator[Row]:
        title = self._label(name, parent)
        coded = values.is_coded(element)
        shown = values.leaf_text(element, self.lang) if coded or "V" in element.attrib else ""
        if coded and name == "Error":
            yield Row(title, f"{(element.get('V') or '').strip()} {shown}".strip(), "error")
        elif shown:
            yield Row(title, shown, note=values.code_note(element, self.lang) if coded else "")
        written = (element.text or "").strip("\r\n\t ")
        if written:
            yield self._text(element, written, name, parent)

    def _text(self, element: Element, written: str, name: str, parent: str) -> Row:
        fragment = markup.escaped_fragment(written) if written.startswith("<") else None
        if fragment is not None:
            return self._marked_up(fragment, name, parent)
        title = self._label(name, parent)
        if values.is_time_name(name):
            written = values.time_text(written)
        # Tabs at the start of a line are the indentation of the file, not of the text.
        shown = values.boolean_text(written, self.lang) or _INDENT.sub("\n", written)
        return Row(title, shown, "text" if title else "prose")

    def _person_name(self, element: Element) -> Iterator[Row]:
        """`Gundersen, Roland`, in the order in which records are kept; the given name first where it comes first."""
        family, middle, given = (text(element, part) for part in shapes.NAMES)
        first = next((local(item) for item in element if local(item) in shapes.NAMES), "")
        given = " ".join(part for part in (given, middle) if part)
        if first == "GivenName":
            shown = " ".join(part for part in (given, family) if part)
        else:
            shown = ", ".join(part for part in (family, given) if part)
        if shown:
            yield Row(labels.word("name", self.lang), shown)

    def ident(self, element: Element, parent: str) -> Iterator[Row]:
        """Ident and AdditionalId: the kind as label, the number as value."""
        kind = child(element, "TypeId")
        if kind is None:
            kind = child(element, "Type")
        yield from self._identifier(raw_text(element, "Id"), kind, parent)
        if kind is not None:
            self._note_code(kind, local(kind), local(element))

    def care_id(self, element: Element, parent: str) -> Iterator[Row]:
        """Id with its TypeId beside it (AppRec and the families before MsgHead)."""
        holder = element.getparent()
        kind = child(holder, "TypeId")
        if kind is None and parent not in ("Inst", "Dept", "HCPerson", "HCProf"):
            yield from self._leaf(element, "Id", parent)
            return
        yield from self._identifier(element.text or "", kind, parent)

    def _identifier(self, number: str, kind: Element | None, parent: str) -> Iterator[Row]:
        title = values.code_text(kind, self.lang) if kind is not None else ""
        code = (kind.get("V") or "").strip().upper() if kind is not None else ""
        shown, note = values.identifier_text(number, code, self.lang)
        if shown.strip():
            yield Row(title or labels.label(parent, "Ident", self.lang), shown.strip(), note=note)
        elif title:
            yield Row(title, labels.word("not_given", self.lang))

    def care_type_id(self, element: Element, parent: str) -> Iterator[Row]:
        """Shown with its Id; alone only when there is no Id."""
        if child(element.getparent(), "Id") is None:
            yield from self._leaf(element, "TypeId", parent)

    def official_id(self, element: Element, parent: str) -> Iterator[Row]:
        """OffId with its TypeOffId beside it (the families before MsgHead)."""
        yield from self._identifier(element.text or "", child(element.getparent(), "TypeOffId"), parent)

    def official_type(self, element: Element, parent: str) -> Iterator[Row]:
        """Shown with its OffId; alone only when there is none."""
        if child(element.getparent(), "OffId") is None:
            yield from self._leaf(element, "TypeOffId", parent)

    def telecom(self, element: Element, parent: str) -> Iterator[Row]:
        """The kind of telephone as label, the number as value."""
        kind = child(element, "TypeTelecom")
        number = child(element, "TeleAddress")
        title = values.code_text(kind, self.lang) if kind is not None else ""
        if kind is not None:
            self._note_code(kind, "TypeTelecom", "TeleCom")
        if number is None:
            if title:
                yield Row(labels.label(parent, "TypeTelecom", self.lang), title)
            return
        yield from self._telephone(number, title)

    def tele_address(self, element: Element, parent: str) -> Iterator[Row]:
        """An address without a kind."""
        yield from self._telephone(element, "")

    def _telephone(self, element: Element, title: str) -> Iterator[Row]:
        kind, shown, href = values.address_text(element.get("V") or element.text or "")
        if not shown:
            return
        if kind == "email":
            yield Row(title or labels.word("email", self.lang), shown, "email")
        elif kind == "phone":
            yield Row(title or labels.word("phone", self.lang), shown, "phone", href)
        else:
            yield Row(title or labels.word("phone", self.lang), shown)

    def address(self, element: Element, parent: str) -> Iterator[Row | Section]:
        """One line: street, postal code and place, municipality, country, then addresses."""
        kind = child(element, "Type")
        title = values.code_text(kind, self.lang) if kind is not None else ""
        if kind is not None:
            self._note_code(kind, "Type", "Address")
        parts: list[str] = []
        for name in shapes.ADDRESS_PARTS:
            for part in children(element, name):
                self._note_technical(part, name, "Address")
                shown = values.code_text(part, self.lang) if values.is_coded(part) else (part.text or "").strip()
                if name == "City" and parts and child(element, "PostalCode") is not None:
                    parts[-1] = f"{parts[-1]} {shown}".strip()
                elif shown:
                    parts.append(shown)
        if parts:
            yield Row(title or labels.label(parent, "Address", self.lang), ", ".join(parts))
        numbers = list(children(element, "TeleAddress"))
        for number in numbers:
            yield from self._telephone(number, "" if parts else title)
        if title and not parts and not numbers:
            yield Row(labels.label(parent, "Address", self.lang), title)

    def happening_time(self, element: Element, parent: str) -> Iterator[Row]:
        """The time of an event, marked where it is an estimate; final by its code is final (C-11)."""
        shown = values.time_text(element.get("V") or "")
        if not shown:
            return
        event = element.getparent()
        code = attribute(event, "V", "Hendelsekode")
        estimated = text(event, "Anslag") in ("true", "1") and code not in ("1", "2", "4", "13")
        title = labels.label(parent, "TidspunktForHendelse", self.lang)
        if estimated:
            yield Row(title, shown, "estimate", note=labels.word("estimate", self.lang))
        else:
            yield Row(title, shown)

    def estimate(self, element: Element, parent: str) -> Iterator[Row]:
        """Anslag, with a word where the event is final by its code all the same (C-11, RECV-27)."""
        event = element.getparent()
        final = attribute(event, "V", "Hendelsekode") in ("1", "2", "4", "13")
        estimated = (element.text or "").strip() in ("true", "1")
        note = labels.word("read_as_final", self.lang) if final and estimated else ""
        for row in self._leaf(element, "Anslag", parent):
            yield Row(row.label, row.value, note=note)

    def diagnosis(self, element: Element, parent: str) -> Iterator[Row]:
        """One line: main or other diagnosis, its text and code, its description."""
        main = text(element, "Hoveddiagnose") in ("true", "1")
        title = (
            labels.word("main_diagnosis", self.lang) if main else labels.label(parent, "MedisinskDiagnose", self.lang)
        )
        code = child(element, "Diagnosekode")
        shown = values.code_text(code, self.lang) if code is not None else ""
        if code is not None:
            self._note_code(code, "Diagnosekode", "MedisinskDiagnose")
        described = raw_text(element, "DiagnoseBeskrivelse").strip()
        value = " – ".join(part for part in (shown, described) if part)
        if value:
            yield Row(title, value)

    def function(self, element: Element, parent: str) -> Iterator[Row]:
        """One line: the function, how it was assessed, and the remark."""
        code = child(element, "Funksjonsvariabel")
        title = values.code_text(code, self.lang) if code is not None else ""
        if code is not None:
            self._note_code(code, "Funksjonsvariabel", "KartlagtFunksjon")
        found = (raw_text(element, part).strip() for part in ("Vurdering", "Merknad"))
        value = " – ".join(part for part in found if part)
        if title or value:
            yield Row(title or labels.label(parent, "KartlagtFunksjon", self.lang), value or "–")

    def attachment(self, element: Element, parent: str) -> Iterator[Row]:
        """Its size; the content itself is opened from the message."""
        measured: Attachment | Measured = self._attached or measure(element.text or "")
        self._attached = None
        note = "" if measured.readable else labels.word("not_base64", self.lang)
        yield Row(labels.word("size", self.lang), values.size_text(measured.size, self.lang), note=note)

    def _note_technical(self, element: Element, name: str, parent: str) -> None:
        """Ids, OIDs, component attributes and every attribute we know no better place for."""
        title = labels.label(parent, name, self.lang)
        if shapes.is_technical(element, name, parent):
            shown = (element.text or "").strip() or values.code_text(element, self.lang)
            if shown:
                self.technical.append(Row(title, shown))
        if values.is_coded(element):
            self._note_code(element, name, parent)
        for attribute_name, value in element.attrib.items():
            key = str(attribute_name)
            if key in _VALUE_ATTRIBUTES or key.startswith(f"{{{_XSI}}}"):
                continue
            self.technical.append(Row(f"{title}, {key.rpartition('}')[2]}", str(value).strip()))

    def _note_code(self, element: Element, name: str, parent: str) -> None:
        value = (element.get("V") or "").strip()
        oid = (element.get("S") or "").strip()
        if value or oid:
            shown = f"{value} ({oid})" if oid else value
            self.technical.append(Row(labels.label(parent, name, self.lang), shown))


_SPECIAL = {
    "Ident": Walk.ident,
    "AdditionalId": Walk.ident,
    "Id": Walk.care_id,
    "TypeId": Walk.care_type_id,
    "OffId": Walk.official_id,
    "TypeOffId": Walk.official_type,
    "TeleCom": Walk.telecom,
    "TeleAddress": Walk.tele_address,
    "Address": Walk.address,
    "TidspunktForHendelse": Walk.happening_time,
    "Anslag": Walk.estimate,
    "Base64Container": Walk.attachment,
    "MedisinskDiagnose": Walk.diagnosis,
    "KartlagtFunksjon": Walk.function,
}


def _grouped(items: Iterable[Row | Section], lang: str) -> Iterator[Row | Section]:
    """Neighbours of one kind, as drugs, under a heading of their own."""
    group: Section | None = None
    for item in items:
        name = item.group if isinstance(item, Section) else ""
        if not name:
            group = None
            yield item
        elif group is not None and group.title == labels.word(name, lang):
            group.items.append(item)
        else:
            group = Section(labels.word(name, lang), [item])
            yield group


def _her_ids(element: Element) -> Iterator[str]:
    for ident in element.iter("{*}Ident"):
        if attribute(ident, "V", "TypeId").upper() == "HER":
            yield "".join(sign for sign in text(ident, "Id") if sign.isdigit())


def plain_text(element: Element) -> str:
    """The whole text below an element as lines."""
    return markup.plain(element)
