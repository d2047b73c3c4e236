"""What a decision was made from, so that it can be made again: request, policy, catalogue."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("decision", sa.Column("asked", sa.Text(), nullable=True))
    op.create_table(
        "decision_ground",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org", "digest"),
    )
