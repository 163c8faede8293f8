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
    "wrong_patient": "The cancelled admission was somebody else's.",
    "by_mistake": "The patient never was ready.",
    "was_wrong": "The earlier municipality was never right.",
    "note": "A remark for readers.",
}

SPELLINGS: Final[dict[str, tuple[str, ...]]] = {
    "at": (
        "time",
        "when",
    ),
    "do": (
        "action",
        "event",
    ),
    "message": (
        "code",
        "msg",
        "type",
    ),
    "of": (
        "ref",
        "refers_to",
        "reference",
        "about",
    ),
    "id": (
        "message_id",
        "msg_id",
    ),
    "value": (
        "yes",
        "user",
        "municipal_user",
        "need",
        "objects",
    ),
    "date": (
        "ready_date",
        "day",
        "from_day",
        "from_date",
    ),
    "by": (
        "doctor",
        "decided_by",
        "responsible",
        "professional",
    ),
    "ward": (
        "department",
        "unit",
        "to_ward",
        "new_ward",
    ),
    "stay_type": (
        "staytype",
        "admission_type",
        "visit_type",
    ),
    "to": (
        "place",
        "discharged_to",
        "destination",
        "municipality",
        "number",
        "new_municipality",
        "until",
        "end",
        "receiver",
    ),
    "other_trust": (
        "trust",
        "other_hospital",
    ),
    "from": (
        "start",
        "sender",
    ),
    "generated": (
        "gendate",
        "generated_at",
    ),
    "event_at": ("event_time",),
    "answer": ("can",),
    "status": ("result",),
    "reason": ("why",),
    "note": (
        "comment",
        "description",
    ),
    "id_type": ("idtype",),
    "channel": ("via",),
}
"""Other spellings of the fields."""

ALIASES: Final[dict[str, str]] = {word: name for name, words in SPELLINGS.items() for word in words}

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
    "A-01": "telephone",
    "A-02": "decide",
}
"""What the tasks of a scenario are called."""
