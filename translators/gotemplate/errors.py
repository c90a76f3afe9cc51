"""The one way a Go template fails here: a sentence with its file, line and column.

Exception
├── TemplateError      one fault: does not parse, or went wrong while rendering
├── TemplateErrors     every fault of a set of sources, at once
└── GoError            what a Go function returned as its error; a TemplateError gives it its place
"""

from __future__ import annotations

from collections.abc import Sequence


class TemplateError(Exception):
    """One fault in a template.

    `message` is the bare sentence, `name` the file or template it is in (may be empty for the text
    of a setting), `line` counts from 1, `column` counts bytes from 1. `str()` is
    ``template: NAME:LINE:COL: MESSAGE``; for a fault while rendering it is the text Go prints,
    which counts columns from 0 and names the template and the expression.
    """

    def __init__(
        self,
        message: str,
        name: str = "",
        line: int = 0,
        column: int = 0,
        *,
        text: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.name = name
        self.line = line
        self.column = column
        self._text = text

    def __str__(self) -> str:
        if self._text is not None:
            return self._text
        return f"template: {self.name}:{self.line}:{self.column}: {self.message}"

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuilt, (self.message, self.name, self.line, self.column, self._text)


def _rebuilt(message: str, name: str, line: int, column: int, text: str | None) -> TemplateError:
    return TemplateError(message, name, line, column, text=text)


class TemplateErrors(Exception):  # noqa: N818 - the plural says more
    """All faults of a set of template sources; `errors` lists them in the order of the sources."""

    def __init__(self, errors: Sequence[TemplateError]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = list(errors)


class GoError(Exception):
    """An error a function of the template language returns; `node` is its place, once known."""

    def __init__(self, message: str, node: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.node = node
        self.of_argument = False
        """Set when a method refuses an argument: Go says so differently if it is a literal."""


class Exhausted(GoError):  # noqa: N818 - a bound is no fault of the program
    """A bound was reached: too long, too large or too deep. Never wrapped as a function's error."""


class TooLong(Exhausted):
    """The whole output is too long, which no place in a template is to blame for."""
