"""Access: the rows of users, tokens and sessions; contactpoints.access says what they mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from contactpoints.storage.tables import sessions, tokens, users

Job = Callable[[Connection], Any]


def carry_out(connection: Connection, jobs: Sequence[Job]) -> list[Any]:
    """For the writer: each job is a change with its entry in the audit log, and gives an answer."""
    return [job(connection) for job in jobs]


def is_empty(connection: Connection) -> bool:
    """Whether nobody was ever given access, as far as is known."""
    found = connection.execute(select(exists(select(users.c.id)), exists(select(tokens.c.id))))
    return not any(found.one())


# users


def add_user(connection: Connection, **values: Any) -> bool:
    """A new user; False when there is one of that name."""
    taken = select(users.c.id).where(users.c.name == values["name"])
    if connection.execute(taken).first():
        return False
    try:
        with connection.begin_nested():
            connection.execute(insert(users).values(**values))
    except IntegrityError:
        return False
    return True


def user(connection: Connection, name: str) -> Row[Any] | None:
    return connection.execute(select(users).where(users.c.name == name)).first()


def all_users(connection: Connection) -> list[dict[str, Any]]:
    """All users without their passwords, by name."""
    wanted = (users.c.name, users.c.role, users.c.created_at, users.c.changed_at)
    found = connection.execute(select(*wanted).order_by(users.c.name))
    return [dict(row) for row in found.mappings()]


def change_user(connection: Connection, name: str, **values: Any) -> bool:
    """False when there is no such user."""
    return bool(
        connection.execute(update(users).where(users.c.name == name).values(**values)).rowcount
    )


def rehash(connection: Connection, number: int, before: str, after: str) -> None:
    """The same password, hashed anew, unless it was changed meanwhile."""
    mine = update(users).where(users.c.id == number, users.c.password == before)
    connection.execute(mine.values(password=after))


def delete_user(connection: Connection, name: str) -> bool:
    """With all sessions; False when there is no such user."""
    end_sessions(connection, name)
    return bool(connection.execute(delete(users).where(users.c.name == name)).rowcount)


# tokens


def add_token(connection: Connection, **values: Any) -> None:
    connection.execute(insert(tokens).values(**values))


def is_declared(connection: Connection, **values: Any) -> bool:
    """Whether :func:`declare_token` would change nothing."""
    mine = tokens.c.created_by == values["created_by"]
    found = connection.execute(select(tokens.c.id, tokens.c.digest).where(mine)).all()
    wanted = [(values["id"], values["digest"])] if "id" in values else []
    return [(row.id, bytes(row.digest)) for row in found] == wanted


def declare_token(connection: Connection, **values: Any) -> bool:
    """The only token of its ``created_by``; without an id: none."""
    mine = tokens.c.created_by == values["created_by"]
    connection.execute(delete(tokens).where(or_(mine, tokens.c.id == values.get("id"))))
    if "id" in values:
        with suppress(IntegrityError), connection.begin_nested():  # others do so as well
            connection.execute(insert(tokens).values(**values))
    return True


def token(connection: Connection, id: str) -> Row[Any] | None:
    return connection.execute(select(tokens).where(tokens.c.id == id)).first()


def all_tokens(connection: Connection) -> list[dict[str, Any]]:
    """All tokens without their digests, the latest first."""
    wanted = [column for column in tokens.c if column is not tokens.c.digest]
    found = connection.execute(select(*wanted).order_by(tokens.c.created_at.desc(), tokens.c.id))
    return [dict(row) for row in found.mappings()]


def revoke_token(connection: Connection, id: str, at: float) -> bool:
    """False when there is no such token, or it was revoked before."""
    mine = update(tokens).where(tokens.c.id == id, tokens.c.revoked_at.is_(None))
    return bool(connection.execute(mine.values(revoked_at=at)).rowcount)


def forget_tokens(connection: Connection, ended_before: float) -> None:
    """Those that were revoked, or expired, before a time."""
    table = tokens.c
    old = or_(table.revoked_at < ended_before, table.expires_at < ended_before)
    connection.execute(delete(tokens).where(old))


def rebind_tokens(connection: Connection, names: Mapping[str, str]) -> list[tuple[str, str, int]]:
    """Let tokens that are for one contact point alone be for it under its new name: ``names`` says
    which, all at once. The answer is each old name, the new one, and how many went.
    """
    bound = connection.execute(
        select(tokens.c.id, tokens.c.contact_point).where(tokens.c.contact_point.in_(names))
    ).all()
    for id, old in bound:
        mine = update(tokens).where(tokens.c.id == id)
        connection.execute(mine.values(contact_point=names[old]))
    return [(old, names[old], count) for old, count in Counter(old for _, old in bound).items()]


def note_use(connection: Connection, id: str, at: float) -> None:
    connection.execute(update(tokens).where(tokens.c.id == id).values(used_at=at))


def others_with(connection: Connection, role: str, now: float, *, but: str) -> bool:
    """Whether someone else than the user or the token ``but`` holds a role."""
    lasting = or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > now)
    token = select(tokens.c.id).where(
        tokens.c.role == role, tokens.c.revoked_at.is_(None), lasting, tokens.c.id != but
    )
    user = select(users.c.id).where(users.c.role == role, users.c.name != but)
    return any(connection.execute(select(exists(user), exists(token))).one())


# sessions


def add_session(connection: Connection, *, most: int, **values: Any) -> None:
    """A new one. Those that are over are forgotten, and the oldest of more than ``most``."""
    table = sessions.c
    connection.execute(delete(sessions).where(table.expires_at < values["created_at"]))
    kept = (
        select(table.digest)
        .where(table.user_id == values["user_id"])
        .order_by(table.created_at.desc())
        .limit(most - 1)
    )
    others = [row[0] for row in connection.execute(kept)]
    mine = delete(sessions).where(table.user_id == values["user_id"])
    connection.execute(mine.where(table.digest.not_in(others)))
    connection.execute(insert(sessions).values(**values))


def session(connection: Connection, digest: bytes) -> Row[Any] | None:
    """With the name and the role of its user."""
    wanted = select(sessions, users.c.name, users.c.role).join(users)
    return connection.execute(wanted.where(sessions.c.digest == digest)).first()


def end_session(connection: Connection, digest: bytes) -> bool:
    """False when there is none."""
    return bool(connection.execute(delete(sessions).where(sessions.c.digest == digest)).rowcount)


def end_sessions(connection: Connection, name: str, *, but: bytes | None = None) -> None:
    """All of a user, except one."""
    mine = delete(sessions).where(
        sessions.c.user_id.in_(select(users.c.id).where(users.c.name == name))
    )
    if but is not None:
        mine = mine.where(sessions.c.digest != but)
    connection.execute(mine)


def note_seen(connection: Connection, digest: bytes, at: float) -> None:
    connection.execute(update(sessions).where(sessions.c.digest == digest).values(seen_at=at))
