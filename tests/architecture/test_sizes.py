"""A file is read in one sitting, a function on one screen."""

import ast

import pytest

from tests.architecture.sources import files, is_test, name_of

CEILING, TEST_CEILING, CHASSIS_CEILING, FUNCTION_CEILING = 400, 500, 250, 40
REFUSED_NAMES = {"utils", "util", "common", "base", "misc", "helpers", "helper"}
# Written by a tool or by others: never read from top to bottom.
NOT_OURS = ("frontend/vendor/", "frontend/vendor-graphiql/")


def ceiling_of(path) -> int:
    if is_test(path):
        return TEST_CEILING
    return CHASSIS_CEILING if name_of(path).startswith("chassis/") else CEILING


@pytest.mark.parametrize("ending", [".py", ".js", ".mjs", ".css", ".sh"])
def test_no_file_is_longer_than_its_ceiling(ending):
    ours = [path for path in files(".", ending) if not name_of(path).startswith(NOT_OURS)]

    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in ours}

    too_long = {
        name_of(path): lengths[name_of(path)] for path in ours if lengths[name_of(path)] > ceiling_of(path)
    }
    assert not too_long


def test_no_function_is_longer_than_a_screen():
    too_long = {}
    for path in files(".", ".py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or is_test(path):
                continue
            length = lines_of_code(node)
            if length > FUNCTION_CEILING and "migrations" not in path.parts:
                too_long[f"{name_of(path)}:{node.lineno} {node.name}"] = length

    assert not too_long


def lines_of_code(function) -> int:
    """Its lines without the docstring: words that explain make nothing harder to read."""
    first = function.body[0]
    words = (first.end_lineno or first.lineno) - first.lineno + 1 if ast.get_docstring(function) else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - words


def test_every_file_says_in_its_name_what_it_holds():
    refused = [name_of(path) for path in files(".", ".py", ".js") if path.stem in REFUSED_NAMES]

    assert not [name for name in refused if not name.startswith(NOT_OURS)]
