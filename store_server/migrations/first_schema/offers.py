"""What is offered, and what was decided.

As of revision 0001: history, never changed.
"""

import sqlalchemy as sa
from alembic import op


def create() -> None:
    """Make these tables and their indexes."""
    op.create_table(
        "campaign",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org", "campaign"),
    )
    op.create_table(
        "campaign_budget",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("issues", sa.BigInteger(), nullable=False),
        sa.Column("reserved_minor", sa.BigInteger(), nullable=False),
        sa.Column("spent_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("issues >= 0 AND reserved_minor >= 0 AND spent_minor >= 0"),
        sa.PrimaryKeyConstraint("org", "campaign"),
    )
    op.create_table(
        "offer",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("offer", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org", "offer"),
    )
    op.create_table(
        "decision",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("trigger_id", sa.String(), nullable=False),
        sa.Column("trigger_kind", sa.String(), nullable=False),
        sa.Column("shopper", sa.String(), nullable=False),
        sa.Column("household", sa.String(), nullable=True),
        sa.Column("zone", sa.String(), nullable=True),
        sa.Column("visit_id", sa.String(), nullable=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=True),
        sa.Column("campaign_version", sa.Integer(), nullable=True),
        sa.Column("offer", sa.String(), nullable=True),
        sa.Column("is_fallback", sa.Boolean(), nullable=False),
        sa.Column("arm", sa.String(), nullable=False),
        sa.Column("propensity", sa.Float(), nullable=False),
        sa.Column("policy_version", sa.String(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("latency_us", sa.BigInteger(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("candidates", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org", "store", "id"),
        sa.UniqueConstraint("org", "store", "trigger_id"),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index("decision_by_household", ["org", "household", "at_ms"], unique=False)
        batch_op.create_index("decision_by_shopper", ["org", "shopper", "at_ms"], unique=False)
        batch_op.create_index("decision_by_time", ["org", "store", "at_ms", "id"], unique=False)
        batch_op.create_index("decision_by_visit", ["org", "visit_id"], unique=False)
    op.create_table(
        "pull_answer",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("shopper", sa.String(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("placement", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org", "store", "shopper", "request_id"),
    )
