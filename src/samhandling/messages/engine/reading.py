"""`read`: bytes in, a checked and bound document or clear problems out."""

from __future__ import annotations

from functools import cache, cached_property
from typing import cast

import msgspec

from samhandling.messages import catalogue
from samhandling.messages.engine.compile import Compiler
from samhandling.messages.engine.parse import Limits, parse
from samhandling.messages.engine.problems import Element, Problem, Tree, local_name, namespace_of
from samhandling.messages.engine.run import EnoughError, Plan, Run
from samhandling.messages.engine.tables import Node

ROOTS = ("MsgHead", "AppRec", "Message")
_compiler = Compiler()
_DEFAULT = Limits()


class Reading(msgspec.Struct, frozen=True, dict=True):
    """What one document is.

    `document` is the bound root struct, only when `valid`. `tree` is the safely parsed lxml root, without comments and
    processing instructions, also of an invalid document; of one that is not well-formed it is what a recovering parse
    finds (then `recovered`), None when nothing may be read. The rest is looked up in the tree when it is asked for.
    """

    document: Node | None
    problems: tuple[Problem, ...]
    tree: Tree | None = None
    recovered: bool = False

    @property
    def valid(self) -> bool:
        """Whether the structure is as the standard demands."""
        return self.document is not None

    @property
    def root(self) -> tuple[str, str] | None:
        """Namespace and name of the root."""
        return None if self.tree is None else (namespace_of(self.tree.tag), local_name(self.tree.tag))

    @property
    def standard(self) -> str | None:
        """The standard, by the namespace of the payload."""
        return self._standard[0]

    @property
    def version(self) -> str | None:
        """Its version, likewise."""
        return self._standard[1]

    @cached_property
    def _standard(self) -> tuple[str | None, str | None]:
        return (None, None) if self.tree is None else _standard(self.tree)

    @cached_property
    def type(self) -> str | None:
        """The code of list 8279 as the document gives it; `APPREC` for a receipt."""
        return None if self.tree is None else _type(self.tree)


@cache
def plan_for(tag: str) -> Plan | None:
    """The compiled table of a global element, `{namespace}name`; None if no table knows it."""
    # Tables need the engine's language, so the engine can only look them up when it runs.
    from samhandling.messages.model import roots

    known = roots.elements().get(tag)
    if known is None:
        return None
    cls, scope = known
    plan = _compiler.plan(cls, scope)
    plan.shared = len(roots.scopes_of(cls)) > 1
    return plan


def read(data: bytes, *, limits: Limits = _DEFAULT) -> Reading:
    """Read one document; never raises for what is in it (RECV-01 to RECV-05, application-receipt.md 11)."""
    parsed = parse(data, limits)
    if parsed.tree is None or parsed.recovered:
        return Reading(None, parsed.problems, parsed.tree, parsed.recovered)
    document, found = check(parsed.tree, limits)
    return Reading(document, (*parsed.problems, *found), parsed.tree)


def check(tree: Tree, limits: Limits = _DEFAULT) -> tuple[Node | None, list[Problem]]:
    """Check a parsed tree against the tables: the bound document, or None and the problems."""
    run = Run(_plan_of_tag, _plan_of_type, limits.depth, limits.problems)
    plan = plan_for(tree.tag) if local_name(tree.tag) in ROOTS else None
    try:
        element = cast(Element, tree)
        if plan is None:
            _note_root(element, run)
            return None, run.problems
        document = plan.walk(element, run)
    except EnoughError:
        document = None
    return (None if run.problems else document), run.problems + run.remarks


def _plan_of_tag(tag: str) -> Plan | None:
    return plan_for(tag) if tag in _known_tags() else None


def _plan_of_type(name: str) -> Plan | None:
    from samhandling.messages.model import roots

    known = roots.named_types().get(name)
    return _compiler.plan(*known) if known is not None else None


@cache
def _known_tags() -> frozenset[str]:
    from samhandling.messages.model import roots

    return frozenset(roots.elements())


def _note_root(tree: Element, run: Run) -> None:
    name = local_name(tree.tag)
    if name in ROOTS:
        found = catalogue.format_of(namespace_of(tree.tag))
        what = f"{found.standard} {found.version}" if found else "navnerommet er ukjent"
        run.note("root.unsupported", tree, f"Rotelementet {name} er ikke i en versjon vi kan lese ({what}).")
    else:
        run.note("root.unknown", tree, f"Rotelementet er {name}; det skal være MsgHead, AppRec eller Message.")


def _child(parent: Tree | None, *names: str) -> Tree | None:
    for name in names:
        if parent is None:
            return None
        parent = next(parent.iterchildren(f"{{*}}{name}"), None)
    return parent


def _standard(tree: Tree) -> tuple[str | None, str | None]:
    name = local_name(tree.tag)
    described = tree
    if name == "MsgHead":
        payload = _payload(tree)
        if payload is None:
            return None, None
        described = payload
    found = catalogue.format_of(namespace_of(described.tag))
    if name == "AppRec":
        # A receipt is one by its name; another standard's namespace on it tells nothing of its version.
        return "apprec", found.version if found is not None and found.standard == "apprec" else None
    if found is None:
        return None, None
    return found.standard, found.version


def _payload(tree: Tree) -> Tree | None:
    """The message proper, by the same rule as the facts: the first content that is no attachment, else the first
    payload of ours wherever it stands."""
    for document in tree.iterchildren("{*}Document"):
        content = _child(document, "RefDoc", "Content")
        if content is not None:
            for element in content.iterchildren("{*}*"):
                if local_name(element.tag) != "Base64Container":
                    return element
    for element in tree.iter("{*}*"):
        found = catalogue.format_of(namespace_of(element.tag))
        if found is not None and found.wrapped and local_name(element.tag) == found.root:
            return element
    return None


def _type(tree: Tree) -> str | None:
    name = local_name(tree.tag)
    if name == "AppRec":
        return "APPREC"
    place = _child(tree, "MsgInfo", "Type") if name == "MsgHead" else _child(tree, "Type")
    code = (place.get("V") or "").strip() if place is not None else ""
    return code or None
