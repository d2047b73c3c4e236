"""Shoppers, what identifies them, what they agreed to and bought.

As of revision 0001: history, never changed.
"""

import sqlalchemy as sa
from alembic import op


def create() -> None:
    """Make these tables and their indexes."""
    op.create_table(
        "app_install",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("install_id", sa.String(), nullable=False),
        sa.Column("shopper", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("app_version", sa.String(), nullable=False),
        sa.Column("push_capable", sa.Boolean(), nullable=False),
        sa.Column("registered_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org", "install_id"),
    )
    with op.batch_alter_table("app_install", schema=None) as batch_op:
        batch_op.create_index("ix_app_install_shopper", ["org", "shopper"], unique=False)
    op.create_table(
        "consent",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("shopper", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("text_version", sa.String(), nullable=False),
        sa.Column("recorded_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org", "entry_id"),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(
            "ix_consent_shopper", ["org", "shopper", "purpose", "at_ms"], unique=False
        )
    op.create_table(
        "identity",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("shopper", sa.String(), nullable=False),
        sa.Column("identity_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=True),
        sa.Column("identity", sa.String(), nullable=True),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("exponent", sa.Integer(), nullable=False),
        sa.Column("clock_offset_s", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("org", "shopper", "identity_id"),
        sa.UniqueConstraint("org", "kind", "fingerprint"),
    )
    op.create_table(
        "shopper",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("shopper", sa.String(), nullable=False),
        sa.Column("household", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org", "shopper"),
    )
    with op.batch_alter_table("shopper", schema=None) as batch_op:
        batch_op.create_index("ix_shopper_household", ["org", "household"], unique=False)
    op.create_table(
        "shopper_token",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("shopper", sa.String(), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org", "token_hash"),
    )
    with op.batch_alter_table("shopper_token", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_shopper_token_expires_at_ms"), ["expires_at_ms"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_shopper_token_shopper"), ["shopper"], unique=False)
    op.create_table(
        "product",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("margin_bp", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("org", "product"),
    )
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_product_category"), ["category"], unique=False)
    op.create_table(
        "purchase_basket",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("basket", sa.String(), nullable=False),
        sa.Column("shopper", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org", "basket"),
    )
    with op.batch_alter_table("purchase_basket", schema=None) as batch_op:
        batch_op.create_index(
            "purchase_basket_by_shopper", ["org", "shopper", "at_ms"], unique=False
        )
    op.create_table(
        "purchase_line",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("basket", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org", "basket", "line"),
    )
