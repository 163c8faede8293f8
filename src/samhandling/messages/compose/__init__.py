"""Values to documents.

`compose(type, version, values)` gives the finished document or the errors by field; `schema(type, version)` tells the
data that `from_data` reads values from. The values stand in one module per message family: `values` (logistics),
`helseopplysninger`, `dialogs` …
"""

from samhandling.messages.compose.checking import FieldError
from samhandling.messages.compose.reading import to_data
from samhandling.messages.compose.values import Composed
from samhandling.messages.compose.writing import (
    compose,
    from_data,
    schema,
    values_class,
    versions_of,
    writable_types,
)

__all__ = [
    "Composed",
    "FieldError",
    "compose",
    "from_data",
    "schema",
    "to_data",
    "values_class",
    "versions_of",
    "writable_types",
]
