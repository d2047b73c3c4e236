"""The way from any earlier database to today's: Alembic, run by `store-server migrate` and `serve`.

Migrations only go forward. Before an upgrade, `serve` refuses a database that is newer than the
program, so that a downgrade never writes rows it does not understand.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from store_server.errors import ConfigError


def _config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["engine"] = engine
    return config


def revision_of(engine: Engine) -> str | None:
    """The revision that the database stands at; None when it is empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str:
    """The revision that this program needs."""
    head = ScriptDirectory(str(Path(__file__).parent)).get_current_head()
    assert head is not None
    return head


def upgrade(engine: Engine) -> str:
    """Bring the database to today's schema; the revision it then stands at.

    Raises:
        ConfigError: the database was written by a newer Beaconry.
    """
    known = {
        script.revision for script in ScriptDirectory(str(Path(__file__).parent)).walk_revisions()
    }
    current = revision_of(engine)
    if current is not None and current not in known:
        raise ConfigError(
            f"[database] is at revision {current}, which this version does not know; "
            "install the Beaconry that wrote it, or restore the backup made before its upgrade"
        )
    command.upgrade(_config(engine), "head")
    return newest_revision()
