"""Events of shoppers, complaints, merges of shoppers, and how far files were imported."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "event_kind",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("item_field", sa.String(), nullable=True),
        sa.Column("amount_field", sa.String(), nullable=True),
        sa.Column("keep_days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("org", "kind"),
    )
    op.create_table(
        "shopper_event",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("shopper", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("taken_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org", "event_id"),
    )
    op.create_index("ix_shopper_event_shopper", "shopper_event", ["org", "shopper", "at_ms"])
    op.create_index("ix_shopper_event_kind", "shopper_event", ["org", "kind", "at_ms"])
    op.create_table(
        "complaint",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("complaint_id", sa.String(), nullable=False),
        sa.Column("shopper", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("opened_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("closed_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("org", "complaint_id"),
    )
    op.create_index("ix_complaint_shopper", "complaint", ["org", "shopper"])
    op.create_table(
        "shopper_merge",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("merge_id", sa.String(), nullable=False),
        sa.Column("shopper", sa.String(), nullable=False),
        sa.Column("kept", sa.String(), nullable=False),
        sa.Column("undo", sa.Text(), nullable=False),
        sa.Column("merged_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("split_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("org", "merge_id"),
    )
    op.create_index("ix_shopper_merge_shopper", "shopper_merge", ["org", "shopper"])
    op.create_index("ix_shopper_merge_kept", "shopper_merge", ["org", "kept"])
    op.create_table(
        "file_import",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("import_id", sa.String(), nullable=False),
        sa.Column("through_row", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("changed_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org", "import_id"),
    )
