"""Experiments, the arm that each unit was given first, and the variant of a decision's words."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "experiment",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("experiment", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org", "experiment"),
    )
    op.create_table(
        "experiment_unit",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("experiment", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("arm", sa.String(), nullable=False),
        sa.Column("phase", sa.Integer(), nullable=False),
        sa.Column("shopper", sa.String(), nullable=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org", "experiment", "unit"),
    )
    op.create_index("experiment_unit_by_shopper", "experiment_unit", ["org", "shopper"])
    op.add_column("decision", sa.Column("creative", sa.String(), nullable=True))
