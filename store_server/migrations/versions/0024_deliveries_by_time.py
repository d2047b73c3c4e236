"""The delivery log is read newest first, page by page; drafts of the console are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index(
        "delivery_by_time", "delivery", ["org", "store", "created_at_ms", "notification"]
    )
    op.create_table(
        "console_draft",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("saved_by", sa.String(), nullable=False),
        sa.Column("saved_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org", "store", "kind"),
    )
