"""How many wrong passwords were tried, which all processes count together."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Nobody has tried yet."""
    op.create_table(
        "wrong_passwords",
        sa.Column("digest", sa.LargeBinary(16), primary_key=True),
        sa.Column("until", sa.Double, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("wrong_passwords_until", "wrong_passwords", ["until"])
