"""Durable events, limits of endpoints, and until when a former secret signs."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("notification") as table:
        table.add_column(sa.Column("kind", sa.String(), nullable=False, server_default="offer"))
    with op.batch_alter_table("webhook_endpoint") as table:
        table.add_column(
            sa.Column("previous_until_ms", sa.BigInteger(), nullable=False, server_default="0")
        )
        table.add_column(sa.Column("concurrency", sa.Integer(), nullable=False, server_default="8"))
        table.add_column(sa.Column("rate_per_s", sa.Float(), nullable=False, server_default="100"))
    op.create_index(
        "delivery_by_endpoint",
        "delivery",
        ["org", "store", "endpoint", "state", "next_attempt_system_ms", "created_at_ms"],
    )
