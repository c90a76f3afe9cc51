"""The tables, in the one place where the schema is said.

A delivery is *waiting* until it has an end: delivered, failed, skipped (nothing to send),
superseded (a later one said it all) or cancelled. A row of ``lanes`` is there while its lane has
something waiting; it says when a worker may look at it next. A claim is a lease: it names its
owner and moves ``due`` ahead, so that a lane whose owner died comes up again by itself.

Times are seconds since 1970.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

WAITING, DELIVERED, FAILED = "waiting", "delivered", "failed"
SKIPPED, SUPERSEDED, CANCELLED = "skipped", "superseded", "cancelled"
STATES = (WAITING, DELIVERED, FAILED, SKIPPED, SUPERSEDED, CANCELLED)

UNUSUAL = text("state NOT IN ('delivered', 'waiting')")
"""What is rare; said so in a query, SQLite sees that the index on it will do."""

metadata = MetaData()
Id = BigInteger().with_variant(Integer, "sqlite")

notifications = Table(
    "notifications",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("received_at", Double, nullable=False),
    Column("group_key", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("duplicate_key", LargeBinary(16), nullable=False),
    Column("payload", LargeBinary, nullable=False),  # the body as posted
    Index("notifications_duplicates", "duplicate_key", "received_at"),
    sqlite_autoincrement=True,
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("notification_id", Id, ForeignKey("notifications.id"), nullable=False),
    Column("contact_point", Text, nullable=False),
    Column("integration", Text, nullable=False),  # its key within the contact point
    Column("type", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("lane", LargeBinary(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("accepted_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("next_attempt_at", Double),
    Column("finished_at", Double),
    Column("reason", String(32)),
    Column("error", Text),  # of the last attempt
    Column("note", Text),
    Column("superseded_by", Id),
    Column("fallback_for", Id),
    Index("deliveries_of_notification", "notification_id"),
    Index("deliveries_of_contact_point", "contact_point", "id"),
    Index(
        "deliveries_waiting",
        "lane",
        "id",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
    Index(
        "deliveries_unusual",  # what people look for among many that were delivered
        "state",
        "id",
        sqlite_where=UNUSUAL,
        postgresql_where=UNUSUAL,
    ),
    sqlite_autoincrement=True,
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("delivery_id", Id, ForeignKey("deliveries.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("started_at", Double, nullable=False),
    Column("duration", Double, nullable=False),
    Column("status", Integer),
    Column("reason", String(32)),
    Column("error", Text),
    Index("attempts_of_delivery", "delivery_id"),
)

lanes = Table(
    "lanes",
    metadata,
    Column("lane", LargeBinary(16), primary_key=True),
    Column("target", Text, nullable=False),
    Column("due", Double, nullable=False),
    Column("owner", Text),
    Index("lanes_due", "target", "due"),
    Index(
        "lanes_owned",
        "owner",
        sqlite_where=text("owner IS NOT NULL"),
        postgresql_where=text("owner IS NOT NULL"),
    ),
    sqlite_with_rowid=False,
)

targets = Table(
    "targets",
    metadata,
    Column("target", Text, primary_key=True),
    Column("failures", Integer, nullable=False, default=0),  # in a row
    Column("open_at", Double, nullable=False, default=0.0),  # nothing is sent before
    Column("tokens", Double, nullable=False, default=0.0),  # of the rate limit's bucket
    Column("refilled_at", Double, nullable=False, default=0.0),
)

posted_messages = Table(
    "posted_messages",  # of groups, for integrations that change them
    metadata,
    Column("digest", LargeBinary(16), primary_key=True),  # of contact point, integration, group ...
    Column("name", Text, nullable=False),  # what the vendor calls it, as JSON
    Column("at", Double, nullable=False),
    Index("posted_messages_at", "at"),
    sqlite_with_rowid=False,
)

setup_versions = Table(
    "setup_versions",
    metadata,
    Column("number", Id, primary_key=True, autoincrement=False),  # from 1, without gaps
    Column("made_at", Double, nullable=False),
    Column("author", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("document", LargeBinary, nullable=False),  # compressed, then sealed
)

signals = Table(
    "signals",  # numbers that processes share: each says in its name what it counts
    metadata,
    Column("name", Text, primary_key=True),
    Column("number", Id, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("at", Double, nullable=False),
    Column("who", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("address", Text, nullable=False),  # where the request came from
    Column("action", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("detail", Text, nullable=False),
    sqlite_autoincrement=True,
)

last_attempts = Table(
    "last_attempts",  # of every integration; kept when the history forgets the delivery
    metadata,
    Column("contact_point", Text, primary_key=True),
    Column("integration", Text, primary_key=True),
    Column("attempt_id", Id, nullable=False),
    Column("started_at", Double, nullable=False),
    Column("duration", Double, nullable=False),
    Column("reason", String(32)),
    Column("error", Text),
)

users = Table(
    "users",  # people
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("password", Text, nullable=False),  # hashed by argon2, with its salt and its costs
    Column("created_at", Double, nullable=False),
    Column("changed_at", Double, nullable=False),  # the password
    sqlite_autoincrement=True,
)

tokens = Table(
    "tokens",  # programs
    metadata,
    Column("id", String(32), primary_key=True),  # the part that is no secret
    Column("name", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("contact_point", Text),  # the only one it may post to
    Column("digest", LargeBinary(32), nullable=False),
    Column("created_at", Double, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("expires_at", Double),
    Column("revoked_at", Double),
    Column("used_at", Double),  # at most an hour out of date
)

sessions = Table(
    "sessions",  # of people who signed in with a browser
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),  # of what the cookie says
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Double, nullable=False),
    Column("seen_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Index("sessions_of_user", "user_id"),
)

wrong_passwords = Table(
    "wrong_passwords",  # counted by all processes together
    metadata,
    Column("digest", LargeBinary(16), primary_key=True),  # of whom it is counted for
    Column("until", Double, nullable=False),  # when it counts no more
    Index("wrong_passwords_until", "until"),
    sqlite_with_rowid=False,
)
