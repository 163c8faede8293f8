"""The nurse's documentation, and what other professions report (HIS 80704 chapter 10)."""

from __future__ import annotations

from samhandling.messages.compose.care_values import CareValues, ClinicalValues, NursingValues
from samhandling.messages.compose.clinical import ProfessionReport
from samhandling.messages.compose.headings import NURSING
from samhandling.messages.compose.medical import NewId, headed, journal_text
from samhandling.messages.compose.medication import at_transfer
from samhandling.messages.compose.parts import clean, day, given, only_true
from samhandling.messages.compose.people import professional
from samhandling.messages.model import epj_journalnotat
from samhandling.messages.model import po_komponent as po


def nursing(
    values: NursingValues, version: str, new_id: NewId, *extra: epj_journalnotat.Journaltekst
) -> po.Sykepleierdokumentasjon | None:
    """Texts under their headings, help with medicines, measures; None when nothing is said."""
    texts = [*extra, *headed(values, NURSING), *_notes_of_15(values, version)]
    follow_up = _follow_up(values, version)
    transfer = at_transfer(values.given_today, values.handed_out, new_id)
    taken = [po.IverksatteTiltak(Tiltaksbeskrivelse=_measure(text)) for text in values.measures_taken]
    advised = [po.AnbefaltVidereTiltak(Tiltaksbeskrivelse=_measure(text)) for text in values.measures_recommended]
    if not (texts or follow_up or transfer or taken or advised):
        return None
    return po.Sykepleierdokumentasjon(
        InfoFraSykepleier=(
            po.InfoFraSykepleier(OpplysningerRelevantOppfolging=follow_up, Journaltekst=texts)
            if texts or follow_up
            else None
        ),
        LegemidlerAdministrertVedOverforing=transfer,
        IverksatteTiltak=taken,
        AnbefaltVidereTiltak=advised,
    )


def withdrawn(values: CareValues) -> po.Sykepleierdokumentasjon:
    """Why the message is cancelled, where the national examples have it."""
    return po.Sykepleierdokumentasjon(
        InfoFraSykepleier=po.InfoFraSykepleier(Journaltekst=[journal_text(cancellation(values))])
    )


def cancellation(values: CareValues) -> str:
    """`Kansellering: ` and the reason."""
    return f"Kansellering: {clean(values.cancel_reason)}"


def change(values: CareValues) -> str | None:
    """`Endring: ` and what is changed; None for a message that changes nothing or does not say."""
    said = clean(values.change)
    return f"Endring: {said}" if values.status == "M" and said else None


def changed_text(values: CareValues) -> tuple[epj_journalnotat.Journaltekst, ...]:
    """What is changed as a text of its own, for messages without a remark on their kind of content."""
    said = change(values)
    return (journal_text(said),) if said else ()


def _follow_up(values: NursingValues, version: str) -> po.OpplysningerRelevantOppfolging | None:
    newer = version != "1.5"
    found = po.OpplysningerRelevantOppfolging(
        BandasjemateriellEngangsutstyr=only_true(values.dressings),
        HjelpLegemiddeladm=only_true(values.medicine_help),
        EndringFunksjonsnivaa=given(values.changed_function),
        MerknadTilBandasjemateriell=given(values.dressings_text) if newer else None,
        MerknadTilLegemiddeladministrering=given(values.medicine_help_text) if newer else None,
    )
    said = (
        found.BandasjemateriellEngangsutstyr,
        found.HjelpLegemiddeladm,
        found.EndringFunksjonsnivaa,
        found.MerknadTilBandasjemateriell,
        found.MerknadTilLegemiddeladministrering,
    )
    return found if any(said) else None


def _notes_of_15(values: NursingValues, version: str) -> list[epj_journalnotat.Journaltekst]:
    """Version 1.5 has no remarks on help with medicines and dressings: they are texts of their own there."""
    if version != "1.5":
        return []
    told = (("Hjelp med legemidler", values.medicine_help_text), ("Bandasjemateriell", values.dressings_text))
    return [journal_text(f"{title}: {clean(text)}") for title, text in told if clean(text)]


def _measure(text: str) -> po.Tiltaksbeskrivelse:
    return po.Tiltaksbeskrivelse(IntervensjonTiltakBeskrivelse=clean(text))


def reports(values: ClinicalValues) -> list[po.OpplysningerAndreFaggrupper]:
    """What other professions report, one element for each."""
    return [po.OpplysningerAndreFaggrupper(AndreFagrapporter=_report(report)) for report in values.reports]


def _report(report: ProfessionReport) -> po.AndreFagrapporter:
    return po.AndreFagrapporter(
        BehandlingStart=day(report.from_day),
        AnsvarligRapport=professional(report.responsible) if report.responsible else None,
        Journaltekst=[journal_text(report.text)],
    )
