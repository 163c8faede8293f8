"""Why a frame is refused, and why a stored record cannot be used."""

from __future__ import annotations

from samhandling.errors import SamhandlingError


class NotFramedError(SamhandlingError):
    """Bytes on the line that are in no MLLP frame."""

    code = "mllp.not_framed"


class CutShortError(SamhandlingError):
    """A frame that ended before its end block: another began, the line closed, or nothing more came."""

    code = "mllp.cut_short"


class TooLongError(SamhandlingError):
    """A frame longer than the line allows."""

    code = "mllp.too_long"


class NotAllowedError(SamhandlingError):
    """A sender whose address is not on the line's list."""

    code = "mllp.not_allowed"


class SameIdError(SamhandlingError):
    """Other bytes under the identity (MSH-3, MSH-4, MSH-10) of a message that is stored."""

    code = "adt.same_id"


class UnknownEventError(SamhandlingError):
    """A message that is no ADT event the node acts on."""

    code = "adt.unknown_event"


class NoPatientError(SamhandlingError):
    """An ADT message without PID, or one that identifies nobody."""

    code = "adt.no_patient"


class NoVisitError(SamhandlingError):
    """An ADT message about a visit, without PV1."""

    code = "adt.no_visit"


class NoTimeError(SamhandlingError):
    """An ADT message that says nowhere when anything happened."""

    code = "adt.no_time"


class SeveralMessagesError(SamhandlingError):
    """More than one message in one frame: one answer cannot be for both."""

    code = "adt.several_messages"


class WrongStateError(SamhandlingError):
    """A step that a record cannot take."""

    code = "adt.wrong_state"
