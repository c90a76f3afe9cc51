"""Numbering: the ids of new rows, known before they are stored, and texts that can be stored."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from contactpoints.storage.hot import carry_out


def next_ids(connection: Connection, **counts: int) -> list[Sequence[int]]:
    """The next ids of each table, as many as its name has, reserved for this transaction."""
    if not any(counts.values()):
        return [()] * len(counts)
    if connection.dialect.name == "sqlite":  # the transaction holds the only write lock
        rows = carry_out(connection, "SELECT name, seq FROM sqlite_sequence")
        last: dict[str, int] = {row[0]: row[1] for row in rows}
        firsts = [last.get(table, 0) + 1 for table in counts]
        return [
            range(first, first + count)
            for first, count in zip(firsts, counts.values(), strict=True)
        ]
    words = (
        f"SELECT {place}, nextval('{table}_id_seq') FROM generate_series(1, %s)"
        for place, table in enumerate(counts)
    )
    found: list[list[int]] = [[] for _ in counts]
    for place, number in carry_out(connection, " UNION ALL ".join(words), list(counts.values())):
        found[place].append(number)
    return [sorted(numbers) for numbers in found]


def storable(text: str) -> str:
    """PostgreSQL's texts have no NUL and no lone surrogates."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
