"""`build`: a bound or composed document to bytes, from its values alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn, cast

from lxml import etree

from samhandling.errors import SamhandlingError
from samhandling.messages.engine.content import START
from samhandling.messages.engine.describe import Description, Field, child_tag, describe
from samhandling.messages.engine.parse import Limits
from samhandling.messages.engine.problems import Element, Problem, Tree, local_name, path_of
from samhandling.messages.engine.reading import ROOTS, check
from samhandling.messages.engine.tables import AnyElement, Kept, Node, Scope
from samhandling.messages.engine.xsi import DECLARES, declared

# lxml takes None for the default namespace; its stubs do not know.
Prefixes = dict[str, str]
_descriptions: dict[tuple[type[Node], str], Description] = {}
_known_prefixes: dict[tuple[type[Node], str], Prefixes] = {}


class BuildError(SamhandlingError):
    """A document of ours breaks its standard; `problems` say where. Nothing is written."""

    code = "message.not_valid"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{found.code} {found.path}" for found in problems[:5]))
        self.problems = problems


def build(document: Node, *, strict: bool = True) -> bytes:
    """The document in UTF-8 with an XML declaration; element order and namespaces come from the tables.

    Raises BuildError when the result would not be valid, and with `strict` also when reading it would remark on
    something. A faithful copy of what another wrote is made without.
    """
    tree = to_tree(document)
    bound, problems = check(tree, Limits(depth=200))
    if bound is None or (strict and problems):
        raise BuildError(tuple(problems))
    del bound  # with its copy of the attachments
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8")


def to_tree(document: Node) -> Tree:
    """The tree of a document, not yet checked. Raises BuildError for values that no tree can hold."""
    if type(document).__name__ not in ROOTS:
        _refuse_root(document)
    return _root(document, _scope_of(document), None)


def _scope_of(node: Node) -> Scope:
    from samhandling.messages.model import roots

    named = roots.scope_named(node.kept_.namespace) if node.kept_ is not None and node.kept_.namespace else None
    scopes = roots.scopes_of(type(node))
    if named is None and not scopes:
        _refuse_root(node)
    return named or scopes[-1]


def _refuse_root(node: Node) -> NoReturn:
    name = type(node).__name__
    raise BuildError((Problem("root.unknown", "error", f"/{name}", None, f"{name} er ikke et rotelement."),))


def _described(cls: type[Node], scope: Scope) -> Description:
    key = (cls, scope.name)
    found = _descriptions.get(key)
    if found is None:
        found = _descriptions[key] = describe(cls, scope)
    return found


def _prefixes(cls: type[Node], scope: Scope) -> Prefixes:
    """The namespaces of a document: its own as default, the others it may meet under their prefix."""
    key = (cls, scope.name)
    known = _known_prefixes.get(key)
    if known is None:
        known = _known_prefixes[key] = _find_prefixes(cls, scope)
    return known


def _find_prefixes(cls: type[Node], scope: Scope) -> Prefixes:
    own = scope.uri(cls.xml.family)
    found: dict[str | None, str] = {None: own}
    seen: set[type[Node]] = set()
    queue = [cls]
    while queue:
        current = queue.pop()
        if current in seen:
            continue
        seen.add(current)
        for field in _described(current, scope).fields:
            if field.family is not None:
                found[field.family.prefix] = scope.uri(field.family)
            if isinstance(field.value, type) and issubclass(field.value, Node):
                family = field.value.xml.family if field.value.xml.kind == "element" else current.xml.family
                queue.append(field.value)
            else:
                family = current.xml.family
            if field.kind == "child" and scope.uri(family) != own:
                found[family.prefix] = scope.uri(family)
    return cast(Prefixes, found)


def _root(node: Node, scope: Scope, parent: Tree | None) -> Tree:
    """A global element with the namespaces of its version declared on it."""
    cls = type(node)
    tag = f"{{{scope.uri(cls.xml.family)}}}{cls.__name__}"
    prefixes = cast(Prefixes, {**_prefixes(cls, scope), **declared(_own(node))})
    made = etree.Element(tag, nsmap=prefixes) if parent is None else etree.SubElement(parent, tag, nsmap=prefixes)
    _fill(made, node, _shape(cls, scope))
    return made


class _Shape:
    """A class in one version, prepared for writing: its attributes, and its children in the one order they can have."""

    __slots__ = ("attributes", "cls", "described", "foreign", "items", "scope", "steps", "text")

    def __init__(self, cls: type[Node], scope: Scope) -> None:
        self.cls = cls
        self.scope = scope
        self.described = _described(cls, scope)
        self.attributes = tuple((field.name, field.tag(cls, scope)) for field in self.described.of("attribute"))
        self.text = next((field.name for field in self.described.of("text")), "")
        self.items = next(iter(self.described.of("items")), None)
        known = {field.name for field in self.described.fields} | {"kept_"}
        # Fields that other versions have.
        self.foreign = tuple(name for name in cls.__struct_fields__ if name not in known)
        # None: not compiled yet, or the order depends on the values.
        self.steps: tuple[_Step, ...] | None = None

    def compile(self) -> None:
        """Prepare the children, unless their order depends on the values."""
        machine = self.described.automaton
        names = machine.names
        if self.items is not None or machine.mixed_order or len(set(names)) < len(names):
            return
        fields = {field.name: field for field in self.described.of("child")}
        self.steps = tuple(
            (name, child_tag(name, fields[name].value, self.cls, self.scope), fields[name].many, self._inner(name))
            for name in names
        )

    def _inner(self, name: str) -> _Shape | None:
        kind = next(field.value for field in self.described.fields if field.name == name)
        return _shape(kind, self.scope) if isinstance(kind, type) and issubclass(kind, Node) else None


# Name, tag, whether repeated, and the shape of its class (None: a simple value, or anything at all).
_Step = tuple[str, str, bool, _Shape | None]
_shapes: dict[tuple[type[Node], str], _Shape] = {}


def _shape(cls: type[Node], scope: Scope) -> _Shape:
    key = (cls, scope.name)
    found = _shapes.get(key)
    if found is None:
        found = _shapes[key] = _Shape(cls, scope)
        found.compile()
    return found


def _fill(element: Tree, node: Node, shape: _Shape) -> None:
    """Attributes, text and children of a node. The hot path: keep it flat."""
    for name, tag in shape.attributes:
        value = getattr(node, name)
        if value is not None:
            _set(element, tag, value)
    if shape.text:
        _write_text(element, getattr(node, shape.text))
    for name in shape.foreign:
        if getattr(node, name) not in (None, []):
            _refuse_field_of_other_version(element, name)
    kept = node.kept_
    if shape.steps is None or kept is not None:
        _fill_with_care(element, node, shape, kept or Kept())
        return
    for name, tag, many, inner in shape.steps:
        value = getattr(node, name)
        if value is None:
            continue
        for item in value if many else (value,):
            if inner is not None:
                if type(item) is not inner.cls or item.kept_ is not None:
                    _structure(element, tag, name, item, inner)
                else:
                    _fill(etree.SubElement(element, tag), item, inner)
            elif isinstance(item, AnyElement):
                _any(element, item, tag)
            else:
                _write_text(etree.SubElement(element, tag), item)


def _fill_with_care(element: Tree, node: Node, shape: _Shape, kept: Kept) -> None:
    """The same where the order depends on the values, or something is kept for a faithful copy."""
    scope = shape.scope
    if shape.items is not None:
        _fill_items(element, node, shape.items, scope)
    _set_kept(element, kept.attributes.get("", {}))
    counts: dict[str, int] = {}
    for field, value in _in_order(node, shape.described, kept):
        number = counts.get(field.name, 0)
        counts[field.name] = number + 1
        tag = child_tag(field.name, field.value, shape.cls, scope)
        if field.value is AnyElement and isinstance(value, AnyElement):
            _any(element, value, tag)
        elif isinstance(field.value, type) and issubclass(field.value, Node):
            _structure(element, tag, field.name, value, _shape(field.value, scope))
        else:
            own = kept.attributes.get(f"{field.name}[{number}]" if field.many else field.name, {})
            made = _made(element, tag, own)
            _write_text(made, value)
            _set_kept(made, own)
    if kept.space and not len(element):
        element.text = kept.space


def _refuse_field_of_other_version(element: Tree, name: str) -> NoReturn:
    path = path_of(cast(Element, element)) + f"/{name}"
    text = f"{name} finnes ikke i denne versjonen av standarden."
    raise BuildError((Problem("element.unknown", "error", path, None, text),))


def _in_order(node: Node, described: Description, kept: Kept) -> Iterator[tuple[Field, Any]]:
    """The children in an order the content allows; what finds no place comes last, for the check to refuse."""
    fields = {field.name: field for field in described.fields if field.kind == "child"}
    waiting: dict[str, list[Any]] = {}
    for name, field in fields.items():
        value = getattr(node, name)
        waiting[name] = list(value) if field.many else ([] if value is None else [value])
    if sorted(kept.order) == sorted(name for name, values in waiting.items() for _ in values):
        for name in kept.order:
            yield fields[name], waiting[name].pop(0)
        return
    machine = described.automaton
    position = START
    while True:
        following = next((at for at in machine.follow[position] if waiting[machine.names[at]]), None)
        if following is None:
            break
        position = following
        name = machine.names[position]
        yield fields[name], waiting[name].pop(0)
    for name, values in waiting.items():
        for value in values:
            yield fields[name], value


def _structure(element: Tree, tag: str, name: str, value: Any, shape: _Shape) -> None:
    if not isinstance(value, Node):
        _refuse(_made(element, tag, {}), f"{name} skal ha struktur, ikke bare en verdi.")
    made = _made(element, tag, _own(value))
    if type(value) is not shape.cls:
        _refuse(made, f"{name} har en struktur av feil slag ({type(value).__name__}).")
    _fill(made, value, shape)


def _fill_items(element: Tree, node: Node, field: Field, scope: Scope) -> None:
    last: Tree | None = None
    for item in getattr(node, field.name):
        if isinstance(item, str):
            _append_text(element, last, item)
        elif isinstance(item, AnyElement):
            last = _any(element, item)
        elif isinstance(item, Node) and type(item) in field.classes:
            last = _made(element, child_tag(type(item).__name__, type(item), type(node), scope), _own(item))
            _fill(last, item, _shape(type(item), scope))
        elif isinstance(item, Node):
            last = _root(item, _scope_of(item), element)
        else:
            _refuse(element, f"{field.name} har en verdi av feil slag.")


def _any(parent: Tree, item: AnyElement, tag: str = "") -> Tree:
    prefixes = cast(Prefixes, {prefix: uri for prefix, uri in item.prefixes.items() if prefix != "xml"})
    made = etree.SubElement(parent, tag or item.tag, nsmap=prefixes)
    for name, value in item.attributes.items():
        _set(made, name, value)
    last: Tree | None = None
    for inner in item.items:
        if isinstance(inner, str):
            _append_text(made, last, inner)
        else:
            last = _any(made, inner)
    return made


def _append_text(element: Tree, last: Tree | None, text: str) -> None:
    try:
        if last is None:
            element.text = (element.text or "") + text
        else:
            last.tail = (last.tail or "") + text
    except ValueError:
        _refuse(element, "Teksten har tegn som XML ikke tillater.")


def _write_text(element: Tree, value: object) -> None:
    if not isinstance(value, str):
        _refuse(element, f"{local_name(element.tag)} skal være tekst.")
    _append_text(element, None, value)


def _set(element: Tree, name: str, value: object) -> None:
    if not isinstance(value, str):
        _refuse(element, f"Attributtet {local_name(name)} skal være tekst.")
    try:
        element.set(name, value)
    except ValueError:
        _refuse(element, f"Attributtet {local_name(name)} har tegn som XML ikke tillater.")


def _own(node: Node) -> dict[str, str]:
    """The kept attributes of the element itself."""
    return node.kept_.attributes.get("", {}) if node.kept_ is not None else {}


def _made(parent: Tree, tag: str, kept: dict[str, str]) -> Tree:
    """A new child, with the namespaces its kept attributes need."""
    return etree.SubElement(parent, tag, nsmap=cast(Prefixes, declared(kept)))


def _set_kept(element: Tree, kept: dict[str, str]) -> None:
    for name, value in kept.items():
        if not name.startswith(DECLARES):
            _set(element, name, value)


def _refuse(element: Tree, text: str) -> NoReturn:
    raise BuildError((Problem("value.wrong", "error", path_of(cast(Element, element)), None, text),))
