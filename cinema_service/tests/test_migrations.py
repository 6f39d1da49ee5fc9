"""The revisions make the tables that the models describe, and can be undone."""

from sqlalchemy import inspect

from chassis import migrations


def test_the_revisions_make_what_the_models_describe(runtime):
    assert migrations.is_current(runtime.database, "cinema_service")
    assert migrations.differences(runtime.database, "cinema_service") == []


def test_the_way_back_leaves_nothing_and_the_way_forth_everything(runtime):
    migrations.downgrade(runtime.database, "cinema_service")
    assert set(inspect(runtime.database.engine).get_table_names()) == {"alembic_version"}

    assert migrations.upgrade(runtime.database, "cinema_service")
    assert migrations.differences(runtime.database, "cinema_service") == []
