"""The work that a record leaves to people: what to do, in plain bokmål, by the code of what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cause:
    """One kind of work."""

    severity: str
    text: str
    kind: str = "technical"
    once: bool = False
    """One open task a line and cause, however many records have it."""


_SENDER = "Si fra til dem som har ansvar for pasientsystemet."

_UNUSED = f"og er ikke brukt. Registrer endringen for hånd. {_SENDER}"

CAUSES: dict[str, Cause] = {
    "mllp.not_framed": Cause("medium", f"Pasientsystemet sendte noe som ikke er en HL7-melding. {_SENDER}", once=True),
    "mllp.cut_short": Cause("medium", f"En melding fra pasientsystemet kom bare halvt fram. {_SENDER}", once=True),
    "mllp.too_long": Cause("medium", f"En melding fra pasientsystemet var for lang. {_SENDER}", once=True),
    "hl7.no_header": Cause("medium", f"Pasientsystemet sendte en melding uten hode (MSH). {_SENDER}", once=True),
    "hl7.unknown_charset": Cause("high", f"Pasientsystemet bruker et ukjent tegnsett (MSH-18). {_SENDER}", once=True),
    "hl7.undecodable": Cause("high", f"En melding har ikke tegnsettet den oppgir. {_SENDER}", once=True),
    "adt.same_id": Cause(
        "high",
        "To ulike meldinger fra pasientsystemet har samme id (MSH-10). Den første gjelder, den andre er avvist. "
        f"Se etter i pasientsystemet om noe mangler her. {_SENDER}",
    ),
    "adt.unknown_event": Cause(
        "low", "Pasientsystemet sender en hendelse vi ikke bruker. Avgjør om den skal slås av.", once=True
    ),
    "adt.several_messages": Cause("high", f"Flere meldinger fra pasientsystemet kom i én ramme {_UNUSED}"),
    "adt.no_patient": Cause("high", f"En melding fra pasientsystemet sier ikke hvem den gjelder, {_UNUSED}"),
    "adt.no_visit": Cause("high", f"En melding fra pasientsystemet sier ikke hvilket opphold den gjelder, {_UNUSED}"),
    "adt.no_time": Cause("high", f"En melding fra pasientsystemet sier ikke når noe skjedde, {_UNUSED}"),
    "adt.doubtful": Cause(
        "low", "Noe i en melding fra pasientsystemet var uklart. Se om oppholdet er riktig her.", kind="find"
    ),
    "adt.failed": Cause(
        "high",
        "En melding fra pasientsystemet kunne ikke tas i bruk på grunn av en feil hos oss. Senere meldinger om samme "
        "pasient venter. Meld fra til IKT-vakten.",
    ),
}

OTHER = Cause(
    "high",
    "En melding fra pasientsystemet kunne ikke brukes. Se hvorfor, rett det som er feil, og prøv på nytt.",
    kind="find",
)
"""For codes of other rooms: unknown ward, unknown patient, an event that cannot be in the stay's state."""


def cause_of(code: str) -> Cause:
    """The work for an error code."""
    return CAUSES.get(code, OTHER)
