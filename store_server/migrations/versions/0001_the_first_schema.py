"""The first schema."""

from alembic import op

from store_server.migrations.first_schema import offers, outcomes, people, places

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# The consent ledger is append-only, whoever writes: the database refuses changes of its rows.
LEDGER = {
    "sqlite": (
        "CREATE TRIGGER consent_is_append_only BEFORE UPDATE ON consent "
        "BEGIN SELECT RAISE(ABORT, 'consent is append-only'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION refuse_consent_update() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RAISE EXCEPTION ''consent is append-only''; END'",
        "CREATE TRIGGER consent_is_append_only BEFORE UPDATE ON consent "
        "FOR EACH ROW EXECUTE FUNCTION refuse_consent_update()",
    ),
}


def upgrade() -> None:
    """Apply."""
    for part in (people, places, offers, outcomes):
        part.create()
    for statement in LEDGER[op.get_bind().dialect.name]:
        op.execute(statement)
