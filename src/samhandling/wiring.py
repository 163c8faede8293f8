"""The one place that ties job handlers, subscribers, carriers and menu entries to names.

Everything is a dotted path, loaded on first use, so that a room never imports a room below it.
"""

from __future__ import annotations

from samhandling.pages.texts import N_

HANDLERS: dict[str, str] = {
    "tasks.remind": "samhandling.tasks.reminding.remind",
    "stays.affected": "samhandling.stays.outages.catch_up",
    "stays.unread": "samhandling.stays.judging.unread",
    "worklist.job_dead": "samhandling.worklist.dead_jobs.job_dead",
    "worklist.job_settled": "samhandling.worklist.dead_jobs.job_settled",
    "intake.apply_adt": "samhandling.intake.applying.apply_adt",
    "intake.tell_refused": "samhandling.intake.applying.tell_refused",
    "intake.job_died": "samhandling.intake.applying.job_died",
    "intake.forget": "samhandling.intake.keeping.forget",
    "registry.refresh": "samhandling.registry.asking.refresh",
    "registry.ask_party": "samhandling.registry.asking.ask_party",
    "registry.ask_agreement": "samhandling.registry.asking.ask_agreement",
    "registry.ask_status": "samhandling.registry.revoking.ask_status",
    "registry.fetch_lists": "samhandling.registry.revoking.fetch_lists",
    "exchange.deliver": "samhandling.exchange.delivering.deliver",
    "exchange.meet_hold": "samhandling.exchange.holding.meet_hold",
    "exchange.let_go": "samhandling.exchange.releasing.let_go",
    "exchange.watch": "samhandling.exchange.delivering.watch",
    "exchange.read": "samhandling.exchange.reading_in.read_arrival",
    "exchange.set_aside": "samhandling.exchange.reading_in.set_aside",
    "carriers.resend": "samhandling.carriers.ebxml.jobs.resend",
    "carriers.answer": "samhandling.carriers.ebxml.jobs.answer",
    "carriers.ping": "samhandling.carriers.ebxml.trying.ping",
    "carriers.test_message": "samhandling.carriers.ebxml.trying.test_message",
    "carriers.forget": "samhandling.carriers.keeping.forget",
    "carriers.posted": "samhandling.carriers.ebxml.jobs.posted",
    "stays.timer": "samhandling.stays.handlers.timer",
    "stays.deadline": "samhandling.stays.handlers.deadline",
    "stays.delivery": "samhandling.stays.handlers.delivery",
    "stays.received": "samhandling.stays.handlers.received",
    "stays.cancelled": "samhandling.stays.handlers.cancelled",
    "stays.course_check": "samhandling.stays.handlers.course_check",
    "stays.resent": "samhandling.stays.resent.resent",
    "writing.noticed": "samhandling.writing.filing.noticed",
    "writing.decided": "samhandling.writing.filing.decided",
    "writing.call_noticed": "samhandling.writing.filing.call_noticed",
    "writing.file": "samhandling.writing.filing.file",
    "writing.overdue": "samhandling.writing.filing.overdue",
    "downtime.act": "samhandling.downtime.acting.act",
    "downtime.begin": "samhandling.downtime.acting.begin",
    "downtime.send": "samhandling.downtime.sending.send",
    "downtime.obstructed": "samhandling.downtime.standstill.message_obstructed",
    "downtime.due_calls": "samhandling.downtime.standstill.due_calls",
    "downtime.review": "samhandling.downtime.registers.review",
    "downtime.together": "samhandling.downtime.together.look_again",
    "downtime.undecided": "samhandling.downtime.undecided.undecided",
    "downtime.decided": "samhandling.downtime.undecided.decided",
    "downtime.export": "samhandling.downtime.exporting.export",
}
"""Job handler name -> function `(running: samhandling.jobs.running.Running) -> None`."""

SUBSCRIBERS: dict[str, tuple[str, ...]] = {
    "job.dead": ("exchange.set_aside", "intake.job_died", "worklist.job_dead"),
    "job.settled": ("worklist.job_settled",),
    "message.received": ("writing.noticed", "stays.received"),
    "message.sent": ("writing.noticed",),
    "message.delivery": ("stays.delivery",),
    "message.obstructed": ("downtime.obstructed",),
    "matter.undecided": ("downtime.undecided",),
    "matter.decided": ("downtime.decided",),
    "message.cancelled": ("stays.cancelled",),
    "message.resent": ("stays.resent",),
    "call.noted": ("writing.call_noticed",),
    "anomaly.decided": ("writing.decided",),
}
"""Event name -> handler names, one job each."""

HOURLY: tuple[str, ...] = ("stays.affected", "registry.refresh", "intake.forget", "carriers.forget", "downtime.review")
"""Handlers without payload for which a worker enqueues a job each hour."""

CARRIERS: dict[str, str] = {
    "loopback": "samhandling.carriers.loopback.carrier.LoopbackCarrier",
    "ebxml_smtp": "samhandling.carriers.ebxml_smtp.carrier.EbxmlSmtpCarrier",
    "ebxml_http": "samhandling.carriers.ebxml_http.carrier.EbxmlHttpCarrier",
}
"""Carrier name -> class that fulfils `samhandling.exchange.ports.Carrier`."""

SUBJECTS: dict[str, tuple[str, str]] = {
    "task": ("tasks:task", "samhandling.tasks.web.reading:visible"),
    "message": ("exchange:message", "samhandling.exchange.web.reading:visible"),
    "stay": ("stays:stay", "samhandling.stays.web.scope:visible"),
    "course": ("stays:course", "samhandling.stays.web.scope:course_visible"),
    "outage": ("downtime:outage", "samhandling.downtime.web.reading:visible"),
    "job": ("worklist:dead-job", "samhandling.worklist.web.dead_job_views:visible"),
    "counterpart": ("carriers:counterpart", "samhandling.carriers.web.reading:visible"),
    "adt": ("intake:record", "samhandling.intake.web.reading:visible"),
}
"""Kind of a subject (`stay:12`) -> page name, and `module:function` that says whether a scope may see that row."""

EVERYBODY = (
    "ward_nurse",
    "plo_resource",
    "message_responsible",
    "case_handler",
    "municipal_nurse",
    "doctor",
    "leader",
    "operations",
    "watch",
    "admin",
)
COLLECTORS: tuple[str, ...] = (
    "samhandling.carriers.loopback.collecting.collect_now",
    "samhandling.carriers.ebxml_smtp.collecting.collect_now",
    "samhandling.writing.collecting.pick_up_now",
    "samhandling.writing.collecting.acknowledgments_now",
    "samhandling.downtime.emergency.print_now",
    "samhandling.downtime.suspicion.look_now",
    "samhandling.downtime.mail_in.look_now",
)
"""Functions `() -> int` by which the worker takes in what carriers find outside the node."""

MENU: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (N_("Mitt arbeid"), "worklist:my-work", (*EVERYBODY, "controller")),
    (N_("Innboks"), "stays:inbox", ("case_handler", "municipal_nurse", "doctor")),
    (N_("Oppgaver"), "tasks:list", EVERYBODY[:-1]),
    (N_("Opphold"), "stays:list", ("message_responsible",)),
    (N_("Meldinger"), "exchange:list", ("plo_resource", "message_responsible", "operations")),
    (N_("Nedetid"), "downtime:list", ("message_responsible", "operations", "watch")),
    (N_("Rutinen"), "stays:routine", EVERYBODY[:5]),
    (N_("Motparter"), "stays:counterparts", ("plo_resource",)),
    (N_("Tall"), "worklist:figures", ("message_responsible", "leader")),
    (N_("Betalingsgrunnlag"), "stays:payment", ("controller",)),
    (N_("Avvik og brudd"), "worklist:register", ("message_responsible",)),
    (N_("Fra pasientsystemet"), "intake:list", ("message_responsible", "operations")),
    (N_("Stoppet arbeid"), "worklist:dead-jobs", ("operations",)),
    (N_("Forbindelser"), "carriers:counterparts", ("operations", "admin")),
)
"""Menu entries in their order: bokmål text, page name, and the roles that see it."""

MESSAGE_LINES: tuple[str, ...] = ("samhandling.writing.web.line.filed",)
"""Functions `(message, now) -> Status | None`: what the page of a message says of it besides."""

TASK_ACTIONS: tuple[str, ...] = (
    "samhandling.exchange.web.following_up.offer",
    "samhandling.downtime.web.after_views.offer",
    "samhandling.downtime.web.suspicion_views.offer",
)
"""Functions `(scope, causes, subjects) -> Link | None`: what may be done about a group of tasks besides."""

CHANNELS: dict[str, str] = {
    "email": "samhandling.downtime.channels.email.EmailChannel",
    "intranet": "samhandling.downtime.channels.intranet.IntranetChannel",
    "sms": "samhandling.downtime.channels.sms.SmsChannel",
}
"""Channel name -> class that fulfils `samhandling.downtime.ports.Channel`."""

MESSAGE_HELP = "samhandling.stays.web.explaining.of_message"
"""Function `(message, now) -> [Explanation]`: what about a message is not by the book, and what to do."""

OUTAGES = "samhandling.downtime.covering.spans"
"""Function `(organisation id, since) -> [(start, end or None, municipality numbers)]`: when messages were down."""

CALL_LINES = "samhandling.writing.web.line.calls_filed"
"""Function `(call ids, now) -> {call id: Status}`: whether a telephone call is in the record."""

TASK_HELP = "samhandling.stays.web.explaining.help_for"
"""Function `(tasks, now) -> {task id: Explanation}`: what a condition means, what to do, and whom to call now."""

REMIND_HOURS = "samhandling.stays.reminders.hours"
"""Function `(organisation id, now) -> hours` between two reminders of a condition that lasts."""

EXPIRIES: tuple[str, ...] = ("samhandling.carriers.expiring.expiries",)
"""Functions `(organisation, now) -> list[samhandling.downtime.ports.Expiry]`: what the exchange needs and runs out."""

BANNERS: tuple[str, ...] = ("samhandling.downtime.web.banner.banners",)
"""Functions `(scope, now) -> list[Banner]`: what stands across every page."""

METRICS: tuple[str, ...] = ()
"""Functions that give metric families for `/metrics`."""
