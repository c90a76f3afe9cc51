"""Hot statements: compiled once, then handed to the driver as they are.

SQLAlchemy's own way costs more for each statement than SQLite takes to carry it out. What runs for
every notification goes this way; all else goes SQLAlchemy's.

Python's SQLite driver lets go of the interpreter and takes it back for every statement it carries
out, and for each row of an ``executemany``. Under load each time is a wait for all the other
threads, so that few statements with many values are what makes a commit short.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

DIALECTS: dict[str, Dialect] = {
    "sqlite": sqlite.pysqlite.SQLiteDialect_pysqlite(paramstyle="named"),
    "postgresql": postgresql.psycopg.PGDialect_psycopg(),  # type: ignore[no-untyped-call]
}
Row = tuple[Any, ...]

MOST = 256  # values or rows in one statement
FEW = 16  # so many and fewer have a statement for each number of them, more only powers of two


def part_of(count: int) -> int:
    """How many of ``count`` go into the next statement: drivers keep only so many prepared.

    >>> [part_of(count) for count in (1, 13, 17, 100, 1000)]
    [1, 13, 16, 64, 256]
    """
    return count if count <= FEW else 1 << (min(count, MOST).bit_length() - 1)


def carry_out(connection: Connection, text: str, values: Any = ()) -> list[Row]:
    """One statement in the driver's own words; what it finds."""
    driver: Any = connection.connection.driver_connection
    cursor = driver.execute(text, values)
    rows: list[Row] = cursor.fetchall() if cursor.description else []
    cursor.close()
    return rows


class Hot:
    """A statement with named parameters.

    One parameter may be a list, for ``IN``: declared with ``expanding=True`` and named as
    ``listed``. Values go to the driver without conversion, so they are plain: numbers, text, bytes.
    """

    def __init__(self, statement: Executable, listed: str = "") -> None:
        self.statement = statement
        self.listed = listed
        self._texts: dict[tuple[str, int], str] = {}

    def _text(self, connection: Connection, count: int = 1) -> str:
        key = (connection.dialect.name, count)
        text = self._texts.get(key)
        if text is None:
            statement: Any = self.statement
            compiled = statement.compile(dialect=DIALECTS[key[0]])
            text = str(compiled)
            mark = ":{}" if key[0] == "sqlite" else "%({})s"
            if self.listed:
                names = [mark.format(f"{self.listed}_{number + 1}") for number in range(count)]
                text = text.replace(f"__[POSTCOMPILE_{self.listed}]", ", ".join(names))
            for name, value in compiled.params.items():  # constants, such as OFFSET 0
                if isinstance(value, int | float):
                    text = text.replace(mark.format(name), repr(value))
            self._texts[key] = text
        return text

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[Row]:
        """Carry it out and give what it finds. A long list is taken in parts."""
        if not self.listed:
            return carry_out(connection, self._text(connection), values)
        rest = list(values[self.listed])
        found: list[Row] = []
        while rest:
            count = part_of(len(rest))
            part, rest = rest[:count], rest[count:]
            spread = {f"{self.listed}_{number + 1}": item for number, item in enumerate(part)}
            given = {name: item for name, item in values.items() if name != self.listed}
            found += carry_out(connection, self._text(connection, count), given | spread)
        return found


class HotRows:
    """A statement with rows of values in it, ``VALUES (…), (…)`` between ``head`` and ``tail``.

    ``width``: values in a row. ``tail`` may differ between the dialects.
    """

    def __init__(self, head: str, width: int, tail: str | Mapping[str, str] = "") -> None:
        self._head = head
        self._width = width
        self._tail = tail
        self._texts: dict[tuple[str, int], str] = {}

    def many(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Carry it out for ``rows``, each with a value for every column, in their order."""
        start = 0
        while start < len(rows):
            count = part_of(len(rows) - start)
            values = list(chain.from_iterable(rows[start : start + count]))
            carry_out(connection, self._text(connection.dialect.name, count), values)
            start += count

    def _text(self, dialect: str, count: int) -> str:
        text = self._texts.get((dialect, count))
        if text is None:
            mark = "?" if dialect == "sqlite" else "%s"
            group = f"({', '.join([mark] * self._width)})"
            tail = self._tail if isinstance(self._tail, str) else self._tail.get(dialect, "")
            text = f"{self._head} VALUES {', '.join([group] * count)} {tail}"
            self._texts[(dialect, count)] = text
        return text


def inserting(
    table: Table, columns: Sequence[str], conflict: Mapping[str, str] | None = None
) -> HotRows:
    """New rows of ``table``. ``conflict``: what each dialect says of those that are there."""
    return HotRows(f"INSERT INTO {table.name} ({', '.join(columns)})", len(columns), conflict or "")


def changing(columns: Sequence[str], statement: str) -> HotRows:
    """A statement that takes what it changes from ``new``, a table with these columns."""
    return HotRows(f"WITH new ({', '.join(columns)}) AS (", len(columns), f") {statement}")
