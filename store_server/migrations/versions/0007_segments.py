"""Attributes and profiles of shoppers, segments, and each shopper's random bucket."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "attribute",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org", "name"),
    )
    op.create_table(
        "shopper_attribute",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("shopper", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("text_value", sa.String(), nullable=True),
        sa.Column("folded", sa.String(), nullable=True),
        sa.Column("number_value", sa.Float(), nullable=True),
        sa.Column("flag_value", sa.Integer(), nullable=True),
        sa.Column("date_value", sa.String(), nullable=True),
        sa.Column("said_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org", "shopper", "name"),
    )
    op.create_index("ix_shopper_attribute_name", "shopper_attribute", ["org", "name"])
    op.create_table(
        "shopper_profile",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("shopper", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=True),
        sa.Column("churn_risk", sa.Float(), nullable=True),
        sa.Column("next_visit_days", sa.Float(), nullable=True),
        sa.Column("recency_band", sa.Integer(), nullable=True),
        sa.Column("frequency_band", sa.Integer(), nullable=True),
        sa.Column("monetary_band", sa.Integer(), nullable=True),
        sa.Column("value_band", sa.Integer(), nullable=True),
        sa.Column("lifetime_value_minor", sa.BigInteger(), nullable=True),
        sa.Column("channels", sa.Text(), nullable=False),
        sa.Column("excluded", sa.Text(), nullable=False),
        sa.Column("open_complaints", sa.Integer(), nullable=False),
        sa.Column("staff", sa.Boolean(), nullable=False),
        sa.Column("known_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org", "shopper"),
    )
    op.create_table(
        "segment",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("segment", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("tree", sa.Text(), nullable=False),
        sa.Column("saved_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org", "segment", "version"),
    )
    op.add_column(
        "shopper", sa.Column("random_bucket", sa.Integer(), nullable=False, server_default="0")
    )
    _fill_buckets()


def _fill_buckets() -> None:
    """Give those who are there already the bucket that registering gives from now on."""
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT org, shopper FROM shopper")).all()
    buckets = [
        {"of_org": org, "of_shopper": shopper, "bucket": _bucket(org, shopper)}
        for org, shopper in rows
    ]
    if buckets:
        statement = "UPDATE shopper SET random_bucket = :bucket WHERE org = :of_org AND shopper = :of_shopper"
        connection.execute(sa.text(statement), buckets)


def _bucket(org: str, shopper: str) -> int:
    # As store_server.shoppers.profile.random_bucket was when this was written.
    digest = hashlib.blake2b(digest_size=8, person=b"segment-bucket")
    for part in (org, shopper):
        digest.update(len(part.encode()).to_bytes(4, "big") + part.encode())
    return int.from_bytes(digest.digest(), "big") % 10_000
