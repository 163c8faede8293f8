"""The language in which a standard is written down: one class per element or type, one field per child or attribute.

    class Tidsrom(Node):
        xml = element(EGET)                        # a global element of the namespace EGET
        Fra: Date                                  # exactly one
        Til: Date | None = None                    # none or one
        Merknad: list[String] = []                 # any number
        Ident: list[kith.CV]                       # at least one: a list without a default
        V: Attribute[Token] = None                 # an attribute that may be missing

The order of the fields is the order in the document. Where that is not enough, `content` gives the order as a DTD
would: ``xml = element(EGET, content="Fra, (Til | Merknad)*")``; names in it are field names, `?`, `*` and `+` count.

A field whose type is a global element (`element`) stands in that element's namespace; every other child stands in the
namespace of the class. Versions of a standard share their classes: `since` and `until` mark what came later and what
went, `required_in` what only one of them demands, `by_version` a type that was changed, and a `Scope` says which URI
each namespace has in a version.

Values are the text of the document as written; `None` is a missing element, `""` an empty one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal, TypeVar, dataclass_transform

import msgspec

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """A namespace by the name we use for it: `prefix` when writing, `uri` unless a version says otherwise."""

    prefix: str
    uri: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """What a class is in its schema."""

    kind: Literal["element", "type", "local"]
    family: Family
    content: str | None = None
    mixed: bool = False
    since: str = ""
    until: str = ""

    def stands_in(self, version: str) -> bool:
        """Whether the version has it."""
        return self.since <= version and (not self.until or version <= self.until)


def element(
    family: Family, *, content: str | None = None, mixed: bool = False, since: str = "", until: str = ""
) -> Table:
    """A global element; its name is the name of the class. `since`, `until`: the first and last version with it."""
    return Table("element", family, content, mixed, since, until)


def named_type(family: Family, *, content: str | None = None, mixed: bool = False) -> Table:
    """A named complex type, used by elements of any name."""
    return Table("type", family, content, mixed)


def local(family: Family, *, content: str | None = None, mixed: bool = False) -> Table:
    """The type of one element that is declared inside its parent."""
    return Table("local", family, content, mixed)


@dataclass(frozen=True, slots=True)
class Scope:
    """One version of a standard: the URIs its namespaces have there, and what the version is called.

    `borrowed`: the version of a family that is taken over from another standard, where it is not the version itself.
    """

    name: str
    standard: str
    version: str
    uris: dict[Family, str] = field(default_factory=dict, hash=False)
    borrowed: dict[Family, str] = field(default_factory=dict, hash=False)

    def uri(self, family: Family) -> str:
        """The URI of the namespace in this version."""
        return self.uris.get(family) or family.uri

    def version_of(self, family: Family) -> str:
        """Which version of the family's standard this version uses."""
        return self.borrowed.get(family) or self.version


class Kept(msgspec.Struct, frozen=True, gc=False):
    """What only a faithful copy needs: xsi attributes (path of the child, "" for the element itself -> attributes),
    the order of children where the table leaves it open, the version of an element in a wildcard, and white space in an
    element that has nothing else."""

    attributes: dict[str, dict[str, str]] = {}
    order: tuple[str, ...] = ()
    namespace: str = ""
    space: str = ""


class _KeywordOnly(msgspec.StructMeta):
    """Every table takes its values by name; msgspec does not inherit that option."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> _KeywordOnly:
        options.setdefault("kw_only", True)
        return super().__new__(mcs, name, bases, namespace, **options)


@dataclass_transform(kw_only_default=True)
class Node(msgspec.Struct, metaclass=_KeywordOnly, gc=False, omit_defaults=True):
    """An element with structure. Subclasses are the tables."""

    xml: ClassVar[Table]
    kept_: Kept | None = None


class AnyElement(msgspec.Struct, kw_only=True, gc=False):
    """An element no table of ours describes, in a place where the standard lets anything stand.

    `tag` is `{namespace}name`; `items` are texts and elements in order; `prefixes` are the namespace declarations a
    text may lean on.
    """

    tag: str
    attributes: dict[str, str] = {}
    items: list[str | AnyElement] = []
    prefixes: dict[str | None, str] = {}


@dataclass(frozen=True, slots=True)
class AttributeMark:
    """The field is an attribute, unqualified unless a namespace is given."""

    family: Family | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class TextMark:
    """The field is the text of the element itself."""


class ItemsMark:
    """The field holds what the content leaves open, in document order: texts if mixed, child elements, anything.

    `classes` are the children that may stand there, by class name; the content expression says where, with
    `any`, `any-lax` and `any-other-lax` for wildcards (other: not the namespace of the class; lax: checked only when
    a table knows the element).
    """

    __slots__ = ("classes",)

    def __init__(self, *classes: type[Node]) -> None:
        self.classes = classes


@dataclass(frozen=True, slots=True)
class Fixed:
    """The value is given by the standard."""

    value: str


@dataclass(frozen=True, slots=True)
class Since:
    """The field exists from this version on."""

    version: str


@dataclass(frozen=True, slots=True)
class Until:
    """This version was the last to have the field."""

    version: str


@dataclass(frozen=True, slots=True)
class RequiredIn:
    """The field may be missing, except in this version."""

    version: str


@dataclass(frozen=True, slots=True, eq=False)
class ByVersion:
    """The type of the field in each version."""

    kinds: Mapping[str, Any]


def fixed(value: str) -> Fixed:
    """The value is given by the standard."""
    return Fixed(value)


def since(version: str) -> Since:
    """The field exists from this version on."""
    return Since(version)


def until(version: str) -> Until:
    """This version was the last to have the field."""
    return Until(version)


def by_version(kinds: Mapping[str, Any]) -> ByVersion:
    """The type of the field in each version; the annotation names them all: ``Annotated[A | B, by_version({…})]``."""
    return ByVersion(kinds)


def required_in(version: str) -> RequiredIn:
    """The field may be missing, except in this version."""
    return RequiredIn(version)


Attribute = Annotated[T | None, AttributeMark()]
RequiredAttribute = Annotated[T, AttributeMark(required=True)]
Text = Annotated[T, TextMark()]
