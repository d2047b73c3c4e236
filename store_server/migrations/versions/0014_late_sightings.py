"""What came too late for the engine waits apart from what waits for the event clock."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# msgpack: an empty list.
NOTHING = "X'90'"
NOTHING_POSTGRESQL = "'\\x90'"


def upgrade() -> None:
    """Apply."""
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    nothing = sa.text(NOTHING_POSTGRESQL if on_postgresql else NOTHING)
    column = sa.Column("late", sa.LargeBinary(), nullable=False, server_default=nothing)
    op.add_column("presence_checkpoint", column)
    with op.batch_alter_table("presence_checkpoint") as batch_op:
        batch_op.alter_column("late", server_default=None)
