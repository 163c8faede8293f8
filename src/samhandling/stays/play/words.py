"""The words of a scenario file, and what other spellings they are known by."""

from __future__ import annotations

from typing import Final

DO: Final[dict[str, str]] = {
    "admit": "The patient is admitted; `stay_type` tells whether it is an inpatient stay.",
    "municipal_user": "Bruker av kommunale tjenester: `value`; for no after yes, `reason` mistake or no_longer.",
    "need": "Need of municipal services after discharge: `value`.",
    "ready": "Ready for discharge on `date` (the day of `at` unless said), decided by `by`.",
    "not_ready": 'Not ready after all; `reason = "mistake"` when the patient never was.',
    "transfer": "To `ward` (and `track`), or to another hospital trust with `other_trust = true`.",
    "leave": "On leave; `value = false` when back.",
    "discharge": "Left the hospital at `at`, to `to` (a code of list 8408).",
    "death": "Died.",
    "undo_death": "The registration of death was a mistake.",
    "cancel_admission": 'The admission never was; `reason = "wrong_patient"` when it was somebody else.',
    "undo_discharge": "The discharge was registered in error; `confirmed` by the message responsible.",
    "identity": "The patient's number is now `id_type`, `id`.",
    "municipality": "The municipality is now `to` (with `agreement`); `reason` corrected or moved.",
    "object": "The patient objects to information being given; `value = false` when no longer.",
    "send": "Somebody at the hospital, or its EPJ, sends `message` (about `of`, with `reason`).",
    "receive": "`message` arrives. One that only hospitals send is judged as the municipality judges it.",
    "apprec": "A receipt comes for the message `of`: `status` positive or negative.",
    "outage": "The exchange is announced down from `from` to `to`.",
    "call": "Somebody calls the municipality, documented; `message` is what was told.",
    "look": "Nothing happens; time passes until `at`.",
}

FIELDS: Final[dict[str, str]] = {
    "at": "When, in Oslo time unless it carries an offset. An hour that comes twice in autumn is the first of the two.",
    "do": "What happens: see `do`.",
    "message": "M1 … M14 or C (routines 2.2).",
    "of": "The message that it is about: M1 …, the newest of that kind, or an `id`.",
    "id": "A name for the message; the same one again is a duplicate. For `identity`: the number.",
    "id_type": "FNR, DNR, FHN, HNR or NONE.",
    "status": "N, M or C of a message; positive or negative of a receipt.",
    "reason": "Why: of a cancellation, an avviksmelding, a message after discharge, a correction.",
    "value": "Yes (true) or no (false).",
    "date": "The ready date, or the day from which the municipality can receive.",
    "answer": "can or cannot: what the municipality answers (M13, M10).",
    "by": 'Who decided that the patient is ready; "" for nobody named. Dr. Prøve when left out.',
    "attending": "The attending doctor, who stands in where nobody is named.",
    "ward": "The ward's code.",
    "track": "SOMATIC or PSYCH.",
    "phone": "The ward's telephone; another ward has another one unless said.",
    "stay_type": "inpatient (døgnopphold), day or outpatient.",
    "visit": "The patient system's number of the stay.",
    "from": "Start of an outage; of a message, the service that sent it.",
    "to": "End of an outage; of a discharge, the place; of a message, the service; of `municipality`, the new one.",
    "agreement": "Whether there is an agreement with the municipality.",
    "other_trust": "The discharge or transfer is to another hospital trust.",
    "confirmed": "The message responsible has decided it.",
    "generated": "The time in the message or receipt itself, where it differs from `at`.",
    "event_at": "The time of the event that the message tells of.",
    "channel": "message or phone.",
    "outside_control": "The municipality pleads circumstances outside its control (§ 11).",
    "note": "A remark for readers.",
}

ALIASES: Final[dict[str, str]] = {
    "time": "at", "when": "at", "action": "do", "event": "do", "code": "message", "msg": "message", "type": "message",
    "ref": "of", "refers_to": "of", "reference": "of", "about": "of", "message_id": "id", "msg_id": "id",
    "yes": "value", "user": "value", "need": "value", "objects": "value", "ready_date": "date", "day": "date",
    "from_day": "date", "from_date": "date", "doctor": "by", "decided_by": "by", "responsible": "by",
    "professional": "by", "department": "ward", "unit": "ward", "staytype": "stay_type", "admission_type": "stay_type",
    "visit_type": "stay_type", "place": "to", "discharged_to": "to", "destination": "to", "municipality": "to",
    "trust": "other_trust", "other_hospital": "other_trust", "start": "from", "until": "to", "end": "to",
    "gendate": "generated", "generated_at": "generated", "event_time": "event_at", "can": "answer", "result": "status",
    "why": "reason", "comment": "note", "description": "note", "idtype": "id_type", "sender": "from", "receiver": "to",
    "via": "channel", "wrong_patient": "wrong_patient", "by_mistake": "by_mistake", "was_wrong": "was_wrong",
}  # fmt: skip

DO_ALIASES: Final[dict[str, str]] = {
    "admission": "admit", "admitted": "admit", "user": "municipal_user", "bruker": "municipal_user",
    "notready": "not_ready", "unready": "not_ready", "move": "transfer", "discharged": "discharge", "died": "death",
    "undodeath": "undo_death", "cancel": "cancel_admission", "void": "cancel_admission", "objection": "object",
    "receipt": "apprec", "ack": "apprec", "downtime": "outage", "wait": "look", "phone": "call", "telephone": "call",
}  # fmt: skip

MESSAGE_WORDS: Final[dict[str, str]] = {
    "log_innlagt": "M1", "innlagt": "M1", "innleggelsesrapport": "M2", "tidligmelding": "M3", "early": "M3",
    "endringsmelding": "M4", "change": "M4", "endelig": "M5", "final": "M5", "log_utskrivningsklar": "M6",
    "utskrivningsklar": "M6", "log_avmelding": "M7", "avmelding": "M7", "log_utskrevet": "M8", "utskrevet": "M8",
    "dialog_foresporsel": "M9", "foresporsel": "M9", "forespørsel": "M9", "request": "M9", "dialog_svar": "M10",
    "svar": "M10", "dialog_avvik": "M11", "avvik": "M11", "avviksmelding": "M11", "apprec": "M12",
    "dialog_notat": "M13", "utskrivningsrapport": "M14", "cancel": "C", "cancellation": "C", "kansellering": "C",
}  # fmt: skip

NAMES: Final[dict[str, str]] = {
    "M1": "Melding om innlagt pasient", "M2": "Innleggelsesrapport", "M3": "Helseopplysning – tidligmelding",
    "M4": "Helseopplysning – endringsmelding", "M5": "Helseopplysning (endelig)",
    "M6": "Melding om utskrivningsklar pasient", "M7": "Avmelding av utskrivningsklar pasient",
    "M8": "Melding om utskrevet pasient", "M9": "Forespørsel", "M10": "Svar på forespørsel",
    "M11": "Avvik (Tilbakemelding om feil i mottatt melding)", "M12": "Applikasjonskvittering",
    "M13": "Svar på utskrivningsklar", "M14": "Utskrivningsrapport", "C": "Kansellering",
}  # fmt: skip

TO_MUNICIPALITY: Final = ("M1", "M3", "M4", "M5", "M6", "M7", "M8", "M14")
"""Sent by hospitals only (routines 2.2)."""
TO_HOSPITAL: Final = ("M2", "M13")
"""Sent by municipalities only."""
INFORMATION: Final[dict[str, str]] = {"M3": "early", "M4": "change", "M5": "final"}

DEVIATIONS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("wrong_addressee", ("wrong_addressee", "feil adressat", "feilsend", "wrong addressee", "sent in error")),
    ("technical", ("technical", "teknisk", "unreadable", "kan ikke leses")),
    ("outside_use", ("outside_use", "bruksområde")),
    ("missing_information", ("missing", "mangelfull", "mangler")),
)
"""Word of the policy -> what the reason of an avviksmelding may look like; `a` and `b` are S-39 and S-40."""

SERVICES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("case_handling", ("case", "saksbehandl")),
    ("nursing", ("nurs", "sykeple")),
    ("psych_health", ("psychiatric health", "psykisk helse", "psych_health")),
    ("doctor", ("doctor", "lege", "medical")),
    ("plo_reception", ("plo", "meldingsmottak", "somatikk", "psykiatri", "hospital", "sykehus")),
)
"""Function of the register -> parts of the words by which a service is named; `fastlege` and `gp` are none of them."""

TASK_KINDS: Final[dict[str, str]] = {
    "call": "telephone", "privacy": "privacy_incident", "register": "register", "find": "find", "send": "send",
    "decide": "decide", "read": "read", "answer": "answer", "match": "match", "technical": "technical",
}  # fmt: skip
CAUSE_KINDS: Final[dict[str, str]] = {
    **{f"stay.{why}.{m}": "telephone" for why in ("h_number", "no_agreement") for m in ("m1", "m6", "m7", "m8")},
    "stay.h_number.form": "paper_form",
    "stay.no_municipality.find": "find_municipality",
    "stay.ready_today": "confirm_ready",
    "stay.ready_unanswered": "confirm_ready",
    "stay.change_notice": "send_M4",
    "stay.contact_changed": "send_M4",
    "stay.no_update": "send_M4",
    "stay.early_missed": "send_M3",
    "stay.information_missing": "send_M5",
    "stay.message_outside": "read_and_telephone",
}
"""What the tasks of a scenario are called."""
