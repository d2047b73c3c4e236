"""How shoppers are reached and agreed to be; what an endpoint is sent; channels of a decision."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "shopper_contact",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("shopper", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("sealed_address", sa.LargeBinary(), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("changed_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org", "shopper", "channel"),
    )
    op.create_table(
        "channel_consent",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("shopper", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("text_version", sa.String(), nullable=False),
        sa.Column("recorded_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org", "entry_id"),
    )
    op.create_index("channel_consent_by_shopper", "channel_consent", ["org", "shopper", "at_ms"])
    # Receivers that were there before go on being told everything.
    op.add_column(
        "webhook_endpoint",
        sa.Column("payload", sa.String(), nullable=False, server_default="full"),
    )
    op.add_column("decision", sa.Column("channels", sa.Text(), nullable=False, server_default="[]"))
