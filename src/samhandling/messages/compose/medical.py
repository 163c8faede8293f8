"""Diagnoses, critical information and medical texts (HIS 80704 chapters 8 to 10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from samhandling.clock.oslo import say_date
from samhandling.messages.codes.listing import OID_PREFIX
from samhandling.messages.compose.about import fields_of
from samhandling.messages.compose.care_values import ClinicalValues
from samhandling.messages.compose.clinical import Allergy, Caution, Diagnosis, EarlierDisease, FunctionalLevel
from samhandling.messages.compose.headings import MEDICAL, NOTICE
from samhandling.messages.compose.parts import (
    ATC,
    SYSTEMS,
    classified,
    clean,
    cv,
    given,
    joined,
    number,
    only_true,
    optional_cs,
)
from samhandling.messages.model import epj_cave, epj_journalnotat, kith
from samhandling.messages.model import po_komponent as po

NewId = Callable[[], str]
"""Gives a new UUID for each component of the record."""

LONGEST_WORD_15 = 35
"""Characters of a CAVE word that receivers of version 1.5 must take."""
_CRITICAL, _OTHER = "Cave/allergier", "Andre notater"


def diagnoses(values: ClinicalValues, version: str) -> po.InfoMedisinskDiagnose | None:
    """All diagnoses, the main one first."""
    if not values.diagnoses:
        return None
    ordered = sorted(values.diagnoses, key=lambda diagnosis: not diagnosis.main)
    return po.InfoMedisinskDiagnose(MedisinskDiagnose=[_diagnosis(one, version) for one in ordered])


def diagnosis_list(values: ClinicalValues, version: str) -> list[po.InfoMedisinskDiagnose]:
    """The same, for messages that allow several such elements: one or none."""
    found = diagnoses(values, version)
    return [found] if found else []


def _diagnosis(diagnosis: Diagnosis, version: str) -> po.MedisinskDiagnose:
    coded = classified(SYSTEMS[diagnosis.system], diagnosis.code, diagnosis.text)
    text = given(diagnosis.remark) if coded else joined(diagnosis.text, diagnosis.remark, by="\n")
    main = only_true(diagnosis.main) or ("false" if version == "1.5" else None)
    return po.MedisinskDiagnose(Hoveddiagnose=main, Diagnosekode=coded, DiagnoseBeskrivelse=text)


def medical(
    values: ClinicalValues, version: str, new_id: NewId, *extra: epj_journalnotat.Journaltekst
) -> po.MedisinskfagligeOpplysninger | None:
    """Blood type, earlier diseases, CAVE, infection and the texts under their headings; None when nothing is said."""
    texts = [*headed(values, NOTICE), *headed(values, MEDICAL), *extra]
    infections = [journal_text(found.text, ("9143", found.kind)) for found in values.infections]
    notes = [
        *([_note(infections, _CRITICAL, new_id)] if infections else []),
        *([_note(texts, _OTHER, new_id)] if texts else []),
    ]
    blood = _blood_type(values)
    earlier = [_earlier(disease) for disease in values.earlier_diseases]
    cave = _cave(values, version, new_id)
    if not (notes or blood or earlier or cave):
        return None
    return po.MedisinskfagligeOpplysninger(
        RegistrertBlodtype=blood, InfoTidligereSykdommer=earlier, Cave=cave, GenereltJournalnotat=notes
    )


def headed(values: Any, code_list: str) -> list[epj_journalnotat.Journaltekst]:
    """Each text that stands under a heading of the list, in the order of the form; none is sent empty (SEND-08)."""
    return [
        journal_text(getattr(values, field.name), field.about.heading)
        for field in fields_of(type(values))
        if field.about.heading and field.about.heading[0] == code_list and clean(getattr(values, field.name))
    ]


def journal_text(text: str, heading: tuple[str, str] | None = None) -> epj_journalnotat.Journaltekst:
    """A text, under its heading if it has one."""
    return epj_journalnotat.Journaltekst(Overskriftskode=cv(*heading) if heading else None, Notat=clean(text))


def _note(texts: list[epj_journalnotat.Journaltekst], category: str, new_id: NewId) -> Any:
    return epj_journalnotat.GenereltJournalnotat(
        informasjonskategori=category, komponentID=new_id(), Journaltekst=texts
    )


def _blood_type(values: ClinicalValues) -> po.RegistrertBlodtype | None:
    blood = optional_cs("9160", values.blood_type)
    if blood is None:
        return None
    return po.RegistrertBlodtype(Blodtype=blood, Rhesusgruppe=optional_cs("9161", values.rhesus))


def _earlier(disease: EarlierDisease) -> po.InfoTidligereSykdommer:
    return po.InfoTidligereSykdommer(
        TidligereSykdomFragment=po.TidligereSykdomFragment(
            FunksjonshemmingKroniskSykdom="true" if disease.chronic else "false",
            TidligereSykdom=clean(disease.disease),
            Diagnosekode=classified(SYSTEMS[disease.system], disease.code, disease.disease),
        )
    )


def _cave(values: ClinicalValues, version: str, new_id: NewId) -> epj_cave.Cave | None:
    if not (values.cautions or values.allergies):
        return None
    return epj_cave.Cave(
        informasjonskategori=_CRITICAL,
        komponentID=new_id(),
        SakshodeCave=epj_cave.SakshodeCave(
            informasjonskategori=_CRITICAL,
            komponentID=new_id(),
            StikkordCave=[_caution(caution, version) for caution in values.cautions],
        ),
        Allerginotat=[_allergy(allergy, new_id) for allergy in values.allergies],
    )


def _caution(caution: Caution, version: str) -> epj_cave.StikkordCave:
    """Version 1.5 takes a short word only: a long one is cut there, and stands in full in the text."""
    word, text = clean(caution.word), clean(caution.text)
    if version == "1.5" and len(word) > LONGEST_WORD_15:
        text = f"{word}\n{text}".strip()
        word = word[: LONGEST_WORD_15 - 1].rstrip() + "…"
    return epj_cave.StikkordCave(CaveStikkord=word, Journaltekst=journal_text(text) if text else None)


def _allergy(allergy: Allergy, new_id: NewId) -> epj_cave.Allerginotat:
    """The four kinds of regard stand there always, as the document says; the schema lets them be left out."""
    return epj_cave.Allerginotat(
        komponentID=new_id(),
        Journaltekst=[journal_text(allergy.text)] if clean(allergy.text) else [],
        Allergi=epj_cave.Allergi(
            HensynVedForskrivning="true" if allergy.when_prescribing else "false",
            HensynMatDrikke="true" if allergy.food_or_drink else "false",
            Kontaktallergi="true" if allergy.on_contact else "false",
            PollenInnsektstikk="true" if allergy.pollen_or_sting else "false",
            AllergiskMot=clean(allergy.to),
            VirkestoffLegemiddel=_substance(allergy),
            AnafylaktiskeReaksjoner=optional_cs("1103", allergy.anaphylactic),
        ),
    )


def _substance(allergy: Allergy) -> kith.CV | None:
    code = clean(allergy.atc)
    return kith.CV(V=code, S=OID_PREFIX + ATC, DN=clean(allergy.to)) if code else None


def functional_level(level: FunctionalLevel | None) -> po.InfoKartleggingFunksjonsniva | None:
    """Each function with its score; the day of the assessment stands in the remark, which is its only place."""
    if level is None or not level.functions:
        return None
    assessed = f"Vurdert {say_date(level.assessed_on)}." if level.assessed_on else ""
    remark = joined(assessed, level.remark)
    load = given(level.care_load)
    return po.InfoKartleggingFunksjonsniva(
        SamletVurderingFunksjonsniva=(
            po.SamletVurderingFunksjonsniva(VurderingPleietyngde=load, Merknad=remark) if remark or load else None
        ),
        KartlagtFunksjon=[
            po.KartlagtFunksjon(
                Funksjonsvariabel=cv("9111", found.function),
                Vurdering=number(found.score),
                Merknad=given(found.remark),
            )
            for found in level.functions
        ],
    )
