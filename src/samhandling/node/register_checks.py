"""What the node needs of the national registers: access, fresh answers, and that they say the same of us as we do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from samhandling.clock import oslo
from samhandling.configuration import RegisterSetting
from samhandling.ebxml import certificates
from samhandling.ebxml.certificates import Trust, Use
from samhandling.ebxml.files import Loaded
from samhandling.node.network_checks import LEAD, Found
from samhandling.registry import ages, asking, registered
from samhandling.registry.models import CommunicationParty, RegisterSource, RevocationList
from samhandling.registry.registered import PartyEntry
from samhandling.registry.showing import DOUBTS

DOCUMENTATION = "Se docs/connect-to-the-network.md."


def of_access(setting: RegisterSetting | None) -> Iterator[Found]:
    """Whether each register lets us in, asked now."""
    if setting is None:
        text = "Registrene er ikke satt opp: adresser, sertifikater og avtaler er filer som noen må fornye."
        yield "registers", "warning", f"{text} {DOCUMENTATION}"
        return
    labels = dict(RegisterSource.Name.choices)
    for name, fault in asking.reachable(setting).items():
        if fault:
            yield f"register {name}", "error", f"{labels[name]} svarer ikke slik det skal: {fault}. {DOCUMENTATION}"
        else:
            yield f"register {name}", "ok", f"{labels[name]} svarer."
    if not setting.agreement_url:
        yield "register agreements", "warning", "CPPA-registeret er ikke satt opp: avtaler leses bare fra filer."


def of_answers(setting: RegisterSetting | None, loaded: Loaded, now: datetime) -> Iterator[Found]:
    """How old what the registers told is, and what they say of our own parties."""
    if setting is None:
        return
    entries = registered.parties(now)
    rows = CommunicationParty.objects.select_related("organisation").filter(carrier__startswith=asking.NETWORK)
    unasked = [row.her_id for row in rows if row.her_id not in entries]
    old = [row.her_id for row in rows if row.her_id in entries and ages.stale(entries[row.her_id].answered_at, now)]
    gone = [row.her_id for row in rows if row.her_id in entries and not entries[row.her_id].found]
    for found, words in (
        (unasked, "er det ikke spurt om ennå. Arbeideren spør hver time"),
        (old, "har svar som er eldre enn 12 timer. De brukes, men kan være feil"),
        (gone, "finnes ikke i adresseregisteret. Ingenting sendes dit"),
    ):
        if found:
            yield "register parties", "error" if found is gone else "warning", f"{_few(found)} {words}."
    for row in rows:
        entry = entries.get(row.her_id)
        if row.organisation.hosted and entry is not None and entry.found:
            yield from _ours(row, entry, loaded)


def _few(her_ids: list[str]) -> str:
    more = f" og {len(her_ids) - 5} til" if len(her_ids) > 5 else ""
    return f"HER-id {', '.join(sorted(her_ids)[:5])}{more}"


def _ours(row: CommunicationParty, entry: PartyEntry, loaded: Loaded) -> Iterator[Found]:
    """Our own entry beside what we have: an address or a key that differs stops messages at the other end."""
    if entry.edi_address and row.edi_address and entry.edi_address.lower() != row.edi_address.lower():
        text = f"Adresseregisteret har {entry.edi_address} som adresse for {row.her_id}, oppsettet {row.edi_address}."
        yield "register ours", "error", text
    hers = (row.her_id, row.organisation.her_id)
    signing = [one.certificate for her_id in hers for _, one in loaded.signing.get(her_id, ())]
    decrypting = [one.certificate for one in loaded.decrypters]
    for word, told, held in (
        ("signering", entry.signing[:1], signing),
        ("kryptering", entry.encryption[:1], decrypting),
    ):
        if not told:
            yield "register ours", "error", f"Adresseregisteret har ikke noe sertifikat til {word} for {row.her_id}."
        elif told[0] not in held:
            text = f"Adresseregisteret peker på et sertifikat til {word} for {row.her_id} som vi ikke har nøkkelen til."
            yield "register ours", "error", text


def of_counterparts(loaded: Loaded, trust: Trust, now: datetime) -> Iterator[Found]:
    """Certificates of others, as the register has them, that cannot be used or soon cannot."""
    hosted = set(CommunicationParty.objects.filter(organisation__hosted=True).values_list("her_id", flat=True))
    for her_id, entry in registered.parties(now).items():
        if her_id in hosted or not entry.found or entry.kind not in {"service", "person"}:
            continue
        for use, found in ((Use.SIGNING, entry.signing[:1]), (Use.ENCRYPTION, entry.encryption[:1])):
            word = "signering" if use is Use.SIGNING else "kryptering"
            for one in found:
                doubts = certificates.judge(one, use=use, signed_at=now, now=now, trust=trust)
                until = oslo.say_time(one.not_valid_after_utc)
                if doubts:
                    told = ", ".join(DOUBTS[doubt] for doubt in doubts)
                    text = f"Sertifikatet til {her_id} for {word} kan ikke brukes: {told}."
                    yield "register certificate", "error", text
                elif one.not_valid_after_utc - now < LEAD:
                    text = f"Sertifikatet til {her_id} for {word} går ut {until}, og registeret har ikke noe nytt."
                    yield "register certificate", "warning", text
    if loaded.trust.issuers:
        yield from _lists(now)


def _lists(now: datetime) -> Iterator[Found]:
    for row in RevocationList.objects.order_by("url"):
        if row.next_update is None:
            yield "revocation list", "error", f"Tilbakekallingslisten {row.url} er ikke hentet ({row.fault or 'ennå'})."
        elif row.next_update <= now:
            text = f"Tilbakekallingslisten {row.url} gikk ut {oslo.say_time(row.next_update)}. Meldinger venter."
            yield "revocation list", "error", text
        elif row.fault and row.next_update - now < timedelta(hours=6):
            text = (
                f"Tilbakekallingslisten {row.url} går ut {oslo.say_time(row.next_update)} og kan ikke hentes på nytt."
            )
            yield "revocation list", "warning", text
