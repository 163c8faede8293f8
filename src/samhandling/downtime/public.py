"""What everybody may read without logging in: status page, feed, calendar, contact points. No patient is in any of it.

The same content is shown by the node and written as plain files, readable when the node is off.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from lxml import etree

from samhandling.clock import oslo
from samhandling.downtime.standing import Line, standing
from samhandling.organisations.models import Organisation
from samhandling.organisations.services import hosted_organisations
from samhandling.pages.texts import N_, _, language, moment
from samhandling.registry.models import ContactPoint
from samhandling.registry.rules import HoursError, Window, parse_hours, staffed
from samhandling.registry.services import contact_points
from samhandling.registry.wording import say_hours
from samhandling.store.services import is_test_store

ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class Files:
    """Where the page finds what goes with it: addresses of the node, or names of the files beside it."""

    stylesheet: str
    status: str
    contacts: str
    feed: str
    calendar: str
    report: str
    """Where one reports trouble; empty in the files, which have nobody behind them."""
    live: bool
    """Whether the page comes from the node itself."""


STATIC = Files(
    stylesheet="samhandling.css",
    status="index.html",
    contacts="kontaktpunkter.html",
    feed="stans.atom",
    calendar="stans.ics",
    report="",
    live=False,
)


def status_page(files: Files, now: datetime) -> str:
    """The status page: what is down, since when, until when, what to do, whom to call."""
    found = standing(now)
    title = _("Driftsstatus for meldinger")
    return _page("downtime/status.html", files, now, title, {"standing": found})


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One way to reach somebody."""

    kind: str
    name: str
    phone: str
    email: str
    hours: str
    staffed: bool | None = None
    """Whether somebody answers now; None where the page does not know *now* (plain files)."""


@dataclass(frozen=True, slots=True)
class Contacts:
    """The contact points of one hosted organisation: for an acute stop, for a planned one, and for each family."""

    organisation: str
    acute: tuple[ContactRow, ...]
    """What is staffed now first."""
    rows: tuple[ContactRow, ...]


FAMILIES: tuple[tuple[str, str], ...] = (
    ("plo", N_("PLO- og dialogmeldinger")),
    ("discharge_letter", N_("Epikriser")),
    ("laboratory", N_("Prøvesvar fra laboratoriet")),
    ("imaging", N_("Svar på bildediagnostikk")),
    ("referral", N_("Henvisninger")),
)
"""One contact for each message family (S-08 to S-11); one without its own is the message responsible's (S-12)."""


def contacts_page(files: Files, now: datetime) -> str:
    """*Kontaktpunkter* (S-05 to S-12), what is staffed for an acute stop on top."""
    hosted = sorted(hosted_organisations(), key=lambda each: each.kind != Organisation.Kind.HOSPITAL)
    values = {"contacts": [_contacts(each, now, live=files.live) for each in hosted]}
    return _page("downtime/contacts.html", files, now, _("Kontaktpunkter"), values)


def _contacts(organisation: Organisation, now: datetime, *, live: bool) -> Contacts:
    def points(kind: str) -> list[ContactPoint]:
        return contact_points(organisation, kind, oslo.day(now))

    def row(text: str, point: ContactPoint) -> ContactRow:
        answered = staffed(_windows(point.hours), now) if live else None
        return ContactRow(text, point.name, point.phone, point.email, say_hours(point.hours), answered)

    acute = [row(_("Akutt stans"), each) for each in points("acute_stop")]
    acute.sort(key=lambda each: each.staffed is False)
    found = [row(_("Planlagt stans"), each) for each in points("planned_stop")]
    responsible = points("message_responsible")
    if responsible:  # a hospital's table of S-05 to S-12; a municipality has its own telephones only
        for kind, text in FAMILIES:
            found += [row(_(text), each) for each in points(kind) or responsible[:1]]
        found += [
            row(_("Meldingsansvarlig") if number == 0 else _("Stedfortreder for meldingsansvarlig"), each)
            for number, each in enumerate(responsible)
        ]
    for kind, text in OTHERS:
        found += [row(_(text), each) for each in points(kind)]
    return Contacts(organisation.name, tuple(acute), tuple(found))


OTHERS: tuple[tuple[str, str], ...] = (
    ("coordinator", N_("Koordinatortelefon")), ("night", N_("Nattelefon")), ("switchboard", N_("Sentralbord")),
)  # fmt: skip


def _windows(hours: str) -> tuple[Window, ...]:
    try:
        return parse_hours(hours)
    except HoursError:
        return ()


def report_page(files: Files, now: datetime, *, form: Any, done: bool, request: HttpRequest) -> str:
    """*Meld stans*: a form without log-in."""
    values = {"form": form, "done": done}
    return _page("downtime/report.html", files, now, _("Meld stans"), values, request)


def _page(
    template: str, files: Files, now: datetime, title: str, values: dict[str, Any], request: HttpRequest | None = None
) -> str:
    context = {
        **values, "files": files, "title": title, "language": language(), "updated": moment(now),
        "test_store": is_test_store(), "here": template.removeprefix("downtime/").removesuffix(".html"),
    }  # fmt: skip
    return render_to_string(template, context, request)


def _all(now: datetime) -> list[Line]:
    found = standing(now)
    return [*found.ongoing, *found.coming, *found.resolved]


def atom_feed(address: str, now: datetime) -> bytes:
    """The status as an Atom feed; `address` is where the status page stands."""
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})  # type: ignore[dict-item]  # the stubs know no default
    lines = _all(now)
    updated = max((line.changed for line in lines), default=now)
    _put(feed, "id", "urn:samhandling:driftsstatus")
    _put(feed, "title", _("Driftsstatus for meldinger"))
    _put(feed, "updated", updated.isoformat())
    etree.SubElement(feed, f"{{{ATOM}}}link", href=address)
    _put(etree.SubElement(feed, f"{{{ATOM}}}author"), "name", "Samhandling")
    for line in lines:
        entry = etree.SubElement(feed, f"{{{ATOM}}}entry")
        _put(entry, "id", f"urn:samhandling:stans:{line.pk}")
        _put(entry, "title", line.headline)
        _put(entry, "updated", line.changed.isoformat())
        etree.SubElement(entry, f"{{{ATOM}}}link", href=address)
        _put(entry, "summary", " ".join(part for part in (line.since, line.until, line.what, line.do) if part))
    return etree.tostring(feed, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _put(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{ATOM}}}{name}").text = text


def calendar_file(now: datetime) -> bytes:
    """Outages that are going on or announced, as an iCalendar file; an unknown end is shown as one hour from now."""
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//Samhandling//Driftsstatus//NO")
    calendar.add("version", "2.0")
    found = standing(now)
    for line in [*found.ongoing, *found.coming]:
        event = Event()
        event.add("uid", f"stans-{line.pk}@samhandling.invalid")
        event.add("dtstamp", line.changed)
        event.add("dtstart", oslo.utc(line.start))
        end = line.end if line.end is not None and line.end > line.start else now + timedelta(hours=1)
        event.add("dtend", oslo.utc(max(end, line.start + timedelta(minutes=1))))
        event.add("summary", line.headline)
        event.add("description", " ".join(part for part in (line.since, line.until, line.what, line.do) if part))
        calendar.add_component(event)
    return bytes(calendar.to_ical())
