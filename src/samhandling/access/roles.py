"""Roles and what each may do (P-03): pure tables, no store.

A role is worn in one organisation. Whether it is bound to units is said by the membership, not by the role: a ward
nurse has a ward, a nurse of a whole municipal service has none.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person is at work."""

    WARD_NURSE = "ward_nurse"
    MESSAGE_RESPONSIBLE = "message_responsible"
    PLO_RESOURCE = "plo_resource"
    CASE_HANDLER = "case_handler"
    MUNICIPAL_NURSE = "municipal_nurse"
    DOCTOR = "doctor"
    """A general practitioner, or somebody who works for one."""
    OPERATIONS = "operations"
    WATCH = "watch"
    """Night duty: announces an acute outage, and nothing else."""
    ADMIN = "admin"
    LEADER = "leader"
    """Leads a section or the hospital: figures, and the patients of the own section."""
    CONTROLLER = "controller"
    """Finance: the basis for municipal payment, and nothing else of a patient."""


class May(StrEnum):
    """One thing that a page asks leave for."""

    SEE_PATIENTS = "see_patients"
    READ_CONTENT = "read_content"
    """Open the document of a message."""
    REGISTER = "register"
    """Register on a stay what the patient system lacks."""
    SEE_COURSES = "see_courses"
    """The desk of a municipality or of a doctor's office: all that it has received."""
    WORK_TASKS = "work_tasks"
    SEE_MESSAGES = "see_messages"
    """Every message of the organisation, metadata first."""
    SEE_TECHNICAL = "see_technical"
    """Original bytes and technical histories."""
    RESEND = "resend"
    """Send a message again."""
    SETTLE_JOBS = "settle_jobs"
    """Decide about work that the node has given up: again, or never."""
    WATCH_NETWORK = "watch_network"
    """How the lines to counterparts stand, every transmission with its envelope, Ping and test messages."""
    SEE_FIGURES = "see_figures"
    """Figures per ward and municipality, and the cases behind them."""
    KEEP_REGISTER = "keep_register"
    """The register of deviations and breaches of routine, and its export."""
    SEE_PAYMENT = "see_payment"
    """The basis for municipal payment, where the node has it on."""
    ANNOUNCE_ACUTE = "announce_acute"
    """Tell everybody of an acute outage."""
    RUN_OUTAGES = "run_outages"
    """Plan, change and end outages, and the texts about them."""
    SET_CLOCK = "set_clock"
    """Run a test store's clock forward."""


_WARD = frozenset({May.SEE_PATIENTS, May.READ_CONTENT, May.REGISTER, May.WORK_TASKS, May.SET_CLOCK})
_MUNICIPAL = frozenset({May.SEE_PATIENTS, May.READ_CONTENT, May.SEE_COURSES, May.WORK_TASKS, May.SET_CLOCK})

PERMISSIONS: dict[Role, frozenset[May]] = {
    Role.WARD_NURSE: _WARD,
    Role.PLO_RESOURCE: _WARD | {May.SEE_MESSAGES},
    Role.MESSAGE_RESPONSIBLE: _WARD
    | {May.SEE_MESSAGES, May.SEE_TECHNICAL, May.SEE_COURSES, May.RESEND, May.SETTLE_JOBS, May.KEEP_REGISTER}
    | {May.ANNOUNCE_ACUTE, May.RUN_OUTAGES, May.SEE_FIGURES},
    Role.CASE_HANDLER: _MUNICIPAL,
    Role.MUNICIPAL_NURSE: _MUNICIPAL,
    Role.DOCTOR: _MUNICIPAL,
    Role.OPERATIONS: frozenset(
        {May.SEE_MESSAGES, May.SETTLE_JOBS, May.SET_CLOCK, May.ANNOUNCE_ACUTE, May.WATCH_NETWORK}
    ),
    Role.WATCH: frozenset({May.SET_CLOCK, May.ANNOUNCE_ACUTE}),
    Role.ADMIN: frozenset({May.SET_CLOCK, May.WATCH_NETWORK}),
    Role.CONTROLLER: frozenset({May.SEE_PAYMENT, May.SET_CLOCK}),
    Role.LEADER: frozenset({May.SEE_PATIENTS, May.WORK_TASKS, May.SEE_FIGURES, May.SET_CLOCK}),
}

HOSPITAL_ROLES = frozenset({Role.WARD_NURSE, Role.PLO_RESOURCE, Role.LEADER, Role.CONTROLLER})
MUNICIPAL_ROLES = frozenset({Role.CASE_HANDLER, Role.MUNICIPAL_NURSE})
NEEDS_UNIT = frozenset({Role.WARD_NURSE})
"""Roles that mean nothing without a unit."""


def may(role: Role, what: May) -> bool:
    """Whether the role may do that (P-03)."""
    return what in PERMISSIONS[role]


def fits(role: Role, organisation_kind: str, *, has_unit: bool) -> bool:
    """Whether a membership of that role makes sense in an organisation of that kind (`hospital`, `municipality` …)."""
    if role in HOSPITAL_ROLES and organisation_kind != "hospital":
        return False
    if role in MUNICIPAL_ROLES and organisation_kind != "municipality":
        return False
    if role is Role.DOCTOR and organisation_kind != "gp":
        return False
    return has_unit or role not in NEEDS_UNIT
