"""Hot statements: compiled once, then handed to the driver as they are.

SQLAlchemy's own way costs more for each statement than SQLite takes to carry it out. What runs for
every notification goes this way; all else goes SQLAlchemy's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

DIALECTS: dict[str, Dialect] = {
    "sqlite": sqlite.pysqlite.SQLiteDialect_pysqlite(paramstyle="named"),
    "postgresql": postgresql.psycopg.PGDialect_psycopg(),  # type: ignore[no-untyped-call]
}


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

    def many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Carry it out once for each of ``rows``."""
        if rows:
            cursor = connection.connection.cursor()
            cursor.executemany(self._text(connection), rows)
            cursor.close()

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Carry it out and give what it finds. A list is taken in parts of a power of two."""
        if not self.listed:
            return self._fetch(connection, self._text(connection), values)
        rest = list(values[self.listed])
        found: list[tuple[Any, ...]] = []
        while rest:
            count = 1 << (min(len(rest), 256).bit_length() - 1)
            part, rest = rest[:count], rest[count:]
            spread = {f"{self.listed}_{number + 1}": item for number, item in enumerate(part)}
            given = {name: item for name, item in values.items() if name != self.listed}
            found += self._fetch(connection, self._text(connection, count), given | spread)
        return found

    def _fetch(
        self, connection: Connection, text: str, values: Mapping[str, Any]
    ) -> list[tuple[Any, ...]]:
        cursor = connection.connection.cursor()
        cursor.execute(text, values)
        rows = cursor.fetchall() if cursor.description else []
        cursor.close()
        return list(rows)


class HotInsert:
    """Rows into a table, many with one statement.

    Python's SQLite driver lets go of the interpreter and takes it back for every row of an
    ``executemany``; under load each time is a wait for all the other threads.
    """

    def __init__(
        self, table: Table, columns: Sequence[str], conflict: Mapping[str, str] | None = None
    ):
        self.columns = tuple(columns)
        self._head = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES "
        self._tail = conflict or {}
        self._texts: dict[tuple[str, int], str] = {}

    def many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert ``rows``, each of which has all the columns and maybe others."""
        columns = self.columns
        name = connection.dialect.name
        start = 0
        while start < len(rows):
            count = 1 << (min(len(rows) - start, 256).bit_length() - 1)
            key = (name, count)
            text = self._texts.get(key)
            if text is None:
                mark = "?" if name == "sqlite" else "%s"
                group = f"({', '.join([mark] * len(columns))})"
                tail = self._tail.get(name, "")
                text = self._texts[key] = f"{self._head}{', '.join([group] * count)} {tail}"
            part = rows[start : start + count]
            cursor = connection.connection.cursor()
            cursor.execute(text, [row[column] for row in part for column in columns])
            cursor.close()
            start += count
