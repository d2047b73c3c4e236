"""Who waits in the step of a campaign, and what steps hand over to the staff."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "journey_wait",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("campaign_version", sa.Integer(), nullable=False),
        sa.Column("shopper", sa.String(), nullable=False),
        sa.Column("trigger_kind", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=True),
        sa.Column("visit_id", sa.String(), nullable=True),
        sa.Column("began_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("due_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("awaited", sa.String(), nullable=False),
        sa.Column("purposes", sa.String(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("happened", sa.String(), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("org", "store", "id"),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "journey_wait_once",
        "journey_wait",
        ["org", "campaign", "shopper"],
        unique=True,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    for name, columns in (
        ("due", ["org", "store", "state", "due_at_ms"]),
        ("by_shopper", ["org", "shopper", "campaign", "began_at_ms"]),
        ("by_campaign", ["org", "store", "campaign", "began_at_ms"]),
        ("by_decision", ["org", "store", "decision"]),
    ):
        op.create_index(f"journey_wait_{name}", "journey_wait", columns)
    op.create_table(
        "staff_task",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("shopper", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=True),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("claimed_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("closed_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("org", "store", "id"),
    )
    op.create_index("staff_task_by_state", "staff_task", ["org", "store", "state", "at_ms"])
    op.create_index("staff_task_by_shopper", "staff_task", ["org", "shopper"])
