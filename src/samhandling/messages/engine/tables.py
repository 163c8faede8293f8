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
namespace of the class. Versions of a standard share their classes: `since` marks what came later, `required_in` what
was later made optional, and a `Scope` says which URI each namespace has in a version.

Values are the text of the document as written; `None` is a missing element, `""` an empty one.
"""

from __future__ import annotations

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


def element(family: Family, *, content: str | None = None, mixed: bool = False, since: str = "") -> Table:
    """A global element; its name is the name of the class. `since`: the version that brought it."""
    return Table("element", family, content, mixed, since)


def named_type(family: Family, *, content: str | None = None, mixed: bool = False) -> Table:
    """A named complex type, used by elements of any name."""
    return Table("type", family, content, mixed)


def local(family: Family, *, content: str | None = None, mixed: bool = False) -> Table:
    """The type of one element that is declared inside its parent."""
    return Table("local", family, content, mixed)


@dataclass(frozen=True, slots=True)
class Scope:
    """One version of a standard: the URIs its namespaces have there, and what the version is called."""

    name: str
    standard: str
    version: str
    uris: dict[Family, str] = field(default_factory=dict, hash=False)

    def uri(self, family: Family) -> str:
        """The URI of the namespace in this version."""
        return self.uris.get(family) or family.uri


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
class RequiredIn:
    """The field may be missing, except in this version."""

    version: str


def fixed(value: str) -> Fixed:
    """The value is given by the standard."""
    return Fixed(value)


def since(version: str) -> Since:
    """The field exists from this version on."""
    return Since(version)


def required_in(version: str) -> RequiredIn:
    """The field may be missing, except in this version."""
    return RequiredIn(version)


Attribute = Annotated[T | None, AttributeMark()]
RequiredAttribute = Annotated[T, AttributeMark(required=True)]
Text = Annotated[T, TextMark()]
