"""Schema changes of a service: `<service>/migrations/versions/NNNN_words.py`, one head, both engines.

For developers: `python -m chassis.migrations a_service "add a column"` writes the next revision from
the difference between the models and the present head.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from chassis.database import Database

_ENVIRONMENT = Path(__file__).parent / "alembic_env"


def upgrade(database: Database, service: str) -> bool:
    """Bring the database of `service` to its head revision; whether anything had to be done."""
    config = _config(service)
    with database.engine.connect() as connection:
        if _present(connection) == _head(config):
            return False
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            # Text is compared byte by byte on both engines, so that both give the same answers.
            name = connection.engine.url.database
            connection.execute(text(f"ALTER DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"))
            connection.commit()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    return True


def downgrade(database: Database, service: str, revision: str = "base") -> None:
    """Go back to `revision`; "base" empties the database."""
    config = _config(service)
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
        connection.commit()


def is_current(database: Database, service: str) -> bool:
    """Whether the database stands at the head revision."""
    with database.engine.connect() as connection:
        return _present(connection) == _head(_config(service))


def is_behind(database: Database, service: str) -> bool:
    """Whether this code knows steps that the database has not seen.

    A database that knows more than the code is not behind: an older replica works on beside the newer ones.
    """
    with database.engine.connect() as connection:
        present = _present(connection)
    script = ScriptDirectory.from_config(_config(service))
    steps = [step.revision for step in script.walk_revisions()]
    return present is None or (present in steps and present != script.get_current_head())


def differences(database: Database, service: str) -> list[object]:
    """What the models have and the migrated database lacks, or the other way round; empty when they agree."""
    from alembic.autogenerate import compare_metadata

    models = importlib.import_module(f"{service}.models")
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        return list(compare_metadata(context, models.Base.metadata))


def _config(service: str) -> Config:
    package = Path(str(importlib.import_module(f"{service}.migrations").__file__)).parent
    config = Config()
    config.set_main_option("script_location", str(_ENVIRONMENT))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", str(package / "versions"))
    return config


def _present(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _head(config: Config) -> str | None:
    return ScriptDirectory.from_config(config).get_current_head()


def write_revision(service: str, message: str) -> None:
    """Write the next revision file of `service` by comparing its models with its present head."""
    config = _config(service)
    number = len(list(Path(str(config.get_main_option("version_locations"))).glob("[0-9]*.py"))) + 1
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/compare.db")
        if _head(config) is not None:
            upgrade(database, service)
        with database.engine.connect() as connection:
            config.attributes["connection"] = connection
            config.attributes["metadata"] = importlib.import_module(f"{service}.models").Base.metadata
            command.revision(
                config, message, autogenerate=True, rev_id=f"{number:04d}",
                version_path=config.get_main_option("version_locations"),
            )  # fmt: skip


if __name__ == "__main__":
    write_revision(sys.argv[1], sys.argv[2])
