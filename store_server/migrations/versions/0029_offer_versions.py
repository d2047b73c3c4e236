"""Versions of offers, and the one that a decision chose."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; an offer that was there before is its version 1, kept when it is first edited."""
    op.create_table(
        "offer_version",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("offer", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("saved_by", sa.String(), nullable=True),
        sa.Column("saved_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("org", "offer", "version"),
    )
    op.add_column("decision", sa.Column("offer_version", sa.Integer(), nullable=True))
