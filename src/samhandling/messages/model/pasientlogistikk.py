"""Pasientlogistikk: what versions 1.5 and 1.6 share, which is everything but the namespace.

Build one of the versions: `pasientlogistikk_15.Pasientlogistikk` or `pasientlogistikk_16.Pasientlogistikk`.
"""

from __future__ import annotations

import samhandling.messages.model.pasientlogistikk as pl  # a field may bear the name of its type
from samhandling.messages.engine.tables import Family, Node, element
from samhandling.messages.model import po_komponent as po

PASIENTLOGISTIKK = Family("pl")


class MeldingInnlagtPasient(Node):
    """The patient was admitted."""

    xml = element(PASIENTLOGISTIKK)
    TidsfestetHendelse: po.TidsfestetHendelse


class OrienteringOmDod(Node):
    """The patient died."""

    xml = element(PASIENTLOGISTIKK)
    TidsfestetHendelse: po.TidsfestetHendelse


class AvmeldingUtskrivningsklarPasient(Node):
    """The patient is not ready for discharge after all."""

    xml = element(PASIENTLOGISTIKK)
    TidsfestetHendelse: list[po.TidsfestetHendelse]


class MeldingOmUtskrevetPasient(Node):
    """The patient was discharged."""

    xml = element(PASIENTLOGISTIKK)
    UtskrevetTil: po.UtskrevetTil
    TidsfestetHendelse: po.TidsfestetHendelse
    InfoInformasjonGitt: po.InfoInformasjonGitt | None = None


class MeldingUtskrivningsklarPasient(Node):
    """The patient is ready for discharge."""

    xml = element(PASIENTLOGISTIKK)
    TidsfestetHendelse: list[po.TidsfestetHendelse]


class Pasientlogistikk(Node):
    """The payload of the five logistics messages: exactly one of them."""

    xml = element(
        PASIENTLOGISTIKK,
        content="InformasjonOmForsendelsen, TilleggsopplysningPasient?, ParorendeForesatt*, TilknyttetEnhet*, "
        "KontaktpersonHelsepersonell*, AnsvarForRapport*, SendtDokument*, "
        "(OrienteringOmDod | MeldingOmUtskrevetPasient | MeldingUtskrivningsklarPasient | "
        "AvmeldingUtskrivningsklarPasient | MeldingInnlagtPasient)",
    )
    InformasjonOmForsendelsen: po.InformasjonOmForsendelsen
    TilleggsopplysningPasient: po.TilleggsopplysningPasient | None = None
    ParorendeForesatt: list[po.ParorendeForesatt] = []
    TilknyttetEnhet: list[po.TilknyttetEnhet] = []
    KontaktpersonHelsepersonell: list[po.KontaktpersonHelsepersonell] = []
    AnsvarForRapport: list[po.AnsvarForRapport] = []
    SendtDokument: list[po.SendtDokument] = []
    OrienteringOmDod: pl.OrienteringOmDod | None = None
    MeldingOmUtskrevetPasient: pl.MeldingOmUtskrevetPasient | None = None
    MeldingUtskrivningsklarPasient: pl.MeldingUtskrivningsklarPasient | None = None
    AvmeldingUtskrivningsklarPasient: pl.AvmeldingUtskrivningsklarPasient | None = None
    MeldingInnlagtPasient: pl.MeldingInnlagtPasient | None = None
