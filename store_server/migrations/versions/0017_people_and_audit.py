"""Roles of console users, when a key was used last, and the audit log.

Whoever could open the console before could do everything in it, so they become admins.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("console_user") as table:
        table.add_column(sa.Column("role", sa.String(), nullable=False, server_default="admin"))
        table.add_column(sa.Column("language", sa.String(), nullable=True))
        table.add_column(sa.Column("disabled_at_ms", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("console_user") as table:
        table.alter_column("role", server_default=None)
    op.add_column("api_key", sa.Column("used_at_ms", sa.BigInteger(), nullable=True))
    op.create_table(
        "audit_entry",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("shopper", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("org", "store", "id"),
    )
    op.create_index("audit_by_time", "audit_entry", ["org", "store", "at_ms", "id"])
    op.create_index("audit_by_shopper", "audit_entry", ["org", "shopper"])
