"""Setups: every version of the stored setup, sealed; a write is one compare-and-swap."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, bindparam, delete, func, select, text, update

from contactpoints.storage.access import rebind_tokens
from contactpoints.storage.audits import Entry, add
from contactpoints.storage.hot import Hot
from contactpoints.storage.tables import setup_versions, signals

KEPT = 100  # versions
RELOADED = "reloaded"  # the signal that files are to be read again


@dataclass(frozen=True, slots=True)
class Version:
    """One version without its document."""

    number: int
    made_at: float
    author: str
    note: str


@dataclass(frozen=True, slots=True)
class New:
    """A version to become the one after ``after``, with what the audit log says of it. ``renamed``
    has the new names of contact points: tokens that are for one of them alone follow it.
    """

    after: int
    made_at: float
    author: str
    note: str
    document: bytes
    entry: Entry
    renamed: Mapping[str, str] = field(default_factory=dict)


_newest = Hot(
    select(
        select(func.max(setup_versions.c.number)).scalar_subquery(),
        select(signals.c.number).where(signals.c.name == bindparam("name")).scalar_subquery(),
    )
)
_insert = text(
    "INSERT INTO setup_versions (number, made_at, author, note, document) "
    "VALUES (:number, :made_at, :author, :note, :document) ON CONFLICT DO NOTHING"
)
_raise = text(
    "INSERT INTO signals (name, number) VALUES (:name, 1) "
    "ON CONFLICT (name) DO UPDATE SET number = signals.number + 1"
)


def newest(connection: Connection) -> tuple[int, int]:
    """The number of the newest version, 0 for none, and how often files were read again."""
    ((number, reloads),) = _newest.rows(connection, {"name": RELOADED})
    return number or 0, reloads or 0


def append(connection: Connection, wishes: Sequence[New]) -> list[bool]:
    """Store versions; False for one that does not follow the newest, of which nothing is stored.

    On PostgreSQL the insert waits for another transaction with the same number, and then yields.
    """
    return [_append(connection, new) for new in wishes]


def _append(connection: Connection, new: New) -> bool:
    if newest(connection)[0] != new.after:
        return False
    values = {
        "number": new.after + 1,
        "made_at": new.made_at,
        "author": new.author,
        "note": new.note,
        "document": new.document,
    }
    if connection.execute(_insert, values).rowcount != 1:
        return False
    add(connection, replace(new.entry, detail=_followed(connection, new)))
    old = setup_versions.c.number <= new.after + 1 - KEPT
    connection.execute(delete(setup_versions).where(old))
    return True


def _followed(connection: Connection, new: New) -> str:
    """The detail of the version's entry, with how many tokens went with which contact point."""
    said = [new.entry.detail] if new.entry.detail else []
    if new.renamed:
        for old, name, count in rebind_tokens(connection, new.renamed):
            what = "1 token is" if count == 1 else f"{count} tokens are"
            said.append(f"{what} for contact point {name!r} now, not for {old!r}")
    return "; ".join(said)


def read(connection: Connection, number: int | None = None) -> tuple[Version, bytes] | None:
    """A version and its sealed document, the newest when no number is given; None for none."""
    query = select(setup_versions).order_by(setup_versions.c.number.desc()).limit(1)
    if number is not None:
        query = query.where(setup_versions.c.number == number)
    row = connection.execute(query).first()
    return (Version(*row[:4]), row[4]) if row else None


def find(connection: Connection, limit: int, before: int | None = None) -> list[Version]:
    """The versions there are, the latest first."""
    table = setup_versions.c
    columns = (table.number, table.made_at, table.author, table.note)
    query = select(*columns).order_by(table.number.desc()).limit(min(max(limit, 1), KEPT))
    if before is not None:
        query = query.where(table.number < before)
    return [Version(*row) for row in connection.execute(query)]


def reseal(
    connection: Connection, wishes: Sequence[tuple[Callable[[bytes], bytes], Entry]]
) -> list[int]:
    """Seal every version anew; how many there were. All or none."""
    answers = []
    for seal, entry in wishes:
        rows = connection.execute(
            select(setup_versions.c.number, setup_versions.c.document).with_for_update()
        ).all()
        for number, document in rows:
            connection.execute(
                update(setup_versions)
                .where(setup_versions.c.number == number)
                .values(document=seal(document))
            )
        add(connection, entry)
        answers.append(len(rows))
    return answers


def signal(connection: Connection, names: Sequence[str]) -> list[None]:
    """Let the other processes know of something."""
    for name in names:
        connection.execute(_raise, {"name": name})
    return [None] * len(names)
