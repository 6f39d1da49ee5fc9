"""Whoever knows one service knows all seven."""

import ast

import pytest

from tests.architecture.sources import ROOT, SERVICES, is_test, name_of, tracked

ROOMS = (
    "app", "worker", "settings", "schema", "reactions", "commands", "queries", "models", "rules", "permissions", "events",
    "errors", "seed",
)  # fmt: skip


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_the_same_rooms(service):
    folder = ROOT / service

    missing = [
        room for room in ROOMS if not (folder / f"{room}.py").exists() and not (folder / room).is_dir()
    ]

    assert not missing
    assert list(folder.glob("migrations/versions/*.py"))
    assert (folder / "tests" / "__init__.py").exists()


@pytest.mark.parametrize("service", SERVICES)
def test_the_door_plate_says_what_a_service_owns_and_names_its_own_rooms(service):
    plate = ast.get_docstring(ast.parse((ROOT / service / "__init__.py").read_text(encoding="utf-8"))) or ""
    entries = {path.stem for path in (ROOT / service).iterdir() if path.suffix == ".py" or is_package(path)}

    own = entries - {*ROOMS, "__init__", "tests", "migrations"}

    assert plate
    assert sorted(room for room in own if room not in plate) == []


def is_package(path) -> bool:
    return path.is_dir() and (path / "__init__.py").exists()


@pytest.mark.parametrize("service", SERVICES)
def test_the_wiring_of_a_service_is_read_at_a_glance(service):
    tree = ast.parse((ROOT / service / "app.py").read_text(encoding="utf-8"))

    create_app = next(
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "create_app"
    )

    assert (create_app.end_lineno or 0) - create_app.lineno < 40


def test_every_folder_of_python_is_a_package():
    folders = {path.parent for path in tracked() if path.suffix == ".py"}

    scripts = {
        folder for folder in folders if folder.name in {"versions", "alembic_env"}
    }  # Alembic loads these itself
    plain = [folder for folder in folders - scripts - {ROOT} if not (folder / "__init__.py").exists()]
    assert not sorted(map(name_of, plain))


def test_no_test_sleeps_but_between_two_looks_at_a_condition():
    tests = [
        path for path in tracked() if path.suffix == ".py" and path.name.startswith("test_") and is_test(path)
    ]

    assert not [name_of(path) for path in tests if sleeps(ast.parse(path.read_text(encoding="utf-8")))]


def sleeps(module) -> bool:
    functions = [node for node in ast.walk(module) if is_a_test(node)]
    return any(is_sleep(call) for function in functions for call in outside_of_loops(function))


def outside_of_loops(node):
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.While):
            yield child
            yield from outside_of_loops(child)


def is_sleep(node) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in {"time.sleep", "sleep"}


def is_a_test(node) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
