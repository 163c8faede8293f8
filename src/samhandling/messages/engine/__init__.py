"""Element tables -> safe parse, check, bind, build.

`read(data)` gives a `Reading` and never raises for bad input; `build(document)` gives the bytes of a bound or composed
document and raises `BuildError` for one that is not valid. The tables stand in `samhandling.messages.model`; their
language is `engine.tables`.
"""

from samhandling.messages.engine.parse import Limits
from samhandling.messages.engine.problems import Problem
from samhandling.messages.engine.reading import Reading, read
from samhandling.messages.engine.write import BuildError, build

__all__ = ["BuildError", "Limits", "Problem", "Reading", "build", "read"]
