"""Why a form is refused. The texts stand under the code in the catalogues."""

from __future__ import annotations

from samhandling.errors import SamhandlingError


class RefusedError(SamhandlingError):
    """The routine does not let this be registered now."""

    code = "stay.refused"


class NotNowError(RefusedError):
    """It does not fit with the state that the stay is in (routines 2.3, 2.4)."""

    code = "stay.impossible_now"


class NotInvolvedError(RefusedError):
    """Ready for discharge without knowing whether the municipality has anything to do with the patient (2.4)."""

    code = "stay.not_involved"


class NameMissingError(RefusedError):
    """Nobody stands as the one who decided that the patient is ready (S-19, HIS 1149)."""

    code = "stay.name_missing"


class PlaceMissingError(RefusedError):
    """A discharge without a place to go to (M8)."""

    code = "stay.place_missing"


class UnansweredError(RefusedError):
    """A correction that does not say whether it was a mistake (T26, T28)."""

    code = "stay.mistake_unanswered"


class InFutureError(RefusedError):
    """Something is said to have happened at a time that has not come."""

    code = "stay.in_future"


class BeforeAdmissionError(RefusedError):
    """A date or time before the patient came."""

    code = "stay.before_admission"


class UnknownUnitError(RefusedError):
    """A ward that the register does not know."""

    code = "stay.unknown_unit"


class ResponsibleDecidesError(RefusedError):
    """Later than the routine allows the ward to undo it: the message responsible decides (T20)."""

    code = "stay.responsible_decides"


class CallIncompleteError(RefusedError):
    """A call is noted without saying with whom, or what was agreed (S-45)."""

    code = "stay.call_incomplete"
