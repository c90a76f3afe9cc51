"""The outbox: notifications, deliveries, attempts, lanes and targets."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """From nothing."""
    op.create_table(
        "notifications",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("received_at", sa.Double, nullable=False),
        sa.Column("group_key", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("duplicate_key", sa.LargeBinary(16), nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("notifications_duplicates", "notifications", ["duplicate_key", "received_at"])
    op.create_table(
        "deliveries",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("notification_id", Id, sa.ForeignKey("notifications.id"), nullable=False),
        sa.Column("contact_point", sa.Text, nullable=False),
        sa.Column("integration", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("lane", sa.LargeBinary(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("accepted_at", sa.Double, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.Column("next_attempt_at", sa.Double),
        sa.Column("finished_at", sa.Double),
        sa.Column("reason", sa.String(32)),
        sa.Column("error", sa.Text),
        sa.Column("note", sa.Text),
        sa.Column("superseded_by", Id),
        sa.Column("fallback_for", Id),
        sqlite_autoincrement=True,
    )
    op.create_index("deliveries_of_notification", "deliveries", ["notification_id"])
    op.create_index("deliveries_of_contact_point", "deliveries", ["contact_point", "id"])
    where = sa.text("state = 'waiting'")
    op.create_index(
        "deliveries_waiting",
        "deliveries",
        ["lane", "id"],
        sqlite_where=where,
        postgresql_where=where,
    )
    where = sa.text("state NOT IN ('delivered', 'waiting')")
    op.create_index(
        "deliveries_unusual",
        "deliveries",
        ["state", "id"],
        sqlite_where=where,
        postgresql_where=where,
    )
    op.create_table(
        "attempts",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("delivery_id", Id, sa.ForeignKey("deliveries.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("started_at", sa.Double, nullable=False),
        sa.Column("duration", sa.Double, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("reason", sa.String(32)),
        sa.Column("error", sa.Text),
    )
    op.create_index("attempts_of_delivery", "attempts", ["delivery_id"])
    op.create_table(
        "lanes",
        sa.Column("lane", sa.LargeBinary(16), primary_key=True),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("due", sa.Double, nullable=False),
        sa.Column("owner", sa.Text),
        sqlite_with_rowid=False,
    )
    op.create_index("lanes_due", "lanes", ["target", "due"])
    where = sa.text("owner IS NOT NULL")
    op.create_index("lanes_owned", "lanes", ["owner"], sqlite_where=where, postgresql_where=where)
    op.create_table(
        "targets",
        sa.Column("target", sa.Text, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("open_at", sa.Double, nullable=False),
        sa.Column("tokens", sa.Double, nullable=False),
        sa.Column("refilled_at", sa.Double, nullable=False),
    )
