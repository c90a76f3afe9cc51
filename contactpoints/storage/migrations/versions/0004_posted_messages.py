"""What vendors call messages that a later notification of the group changes."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Nothing is remembered yet."""
    op.create_table(
        "posted_messages",
        sa.Column("digest", sa.LargeBinary(16), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("posted_messages_at", "posted_messages", ["at"])
