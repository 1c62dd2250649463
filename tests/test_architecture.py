"""The house rules that a machine can keep (the directions of imports are import-linter's)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from hub.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
ROOTS = ("stix_models", "converters", "hub", "taxii_server")

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50
MAX_TEST_FILE_LINES = 600
BANNED_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "misc",
    "manager",
    "handler",
    "handlers",
    "base_utils",
}

LIBRARY_ROOMS = {
    "flask": ("taxii_server", "hub/console"),
    "werkzeug": ("taxii_server", "hub/console"),
    "argon2": ("hub/services/entrance",),
    "pyotp": ("hub/services/entrance",),
    "webauthn": ("hub/services/entrance",),
    "jwt": ("hub/services/entrance/oidc/tokens.py",),
    "segno": ("hub/console/screens/entrance",),
    "selenium": (),
    "medallion": ("taxii_server/medallion_views.py",),
    "sqlite3": ("hub/store/sqlite",),
    "pymongo": (),
    "click": ("hub/cli",),
    "limits": ("hub/services/membership/throttle.py",),
    "prometheus_client": ("taxii_server/metrics.py",),
    "structlog": ("taxii_server/journal.py",),
    "granian": ("hub/cli/serve.py",),
    "stix2": ("stix_models",),
    "stix2validator": (),
    "taxii2client": ("hub/services/sources/remote.py",),
    "requests": ("hub/services/sources/wire.py", "hub/services/entrance/oidc/provider.py"),
    "urllib3": ("hub/services/sources/wire.py", "hub/services/entrance/oidc/provider.py"),
    "jsonschema_rs": ("stix_models/conformance",),
    "yaml": ("converters/sheets",),
}
"""Library to the rooms that may import it; () for none: it is there for its data, for tests or for later."""


SUITES = {"bench", "soak", "taxii_server/conformance"}
"""Folders of tests that are about more than one room."""


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _sources(*roots: str) -> list[Path]:
    return sorted(path for root in roots for path in (ROOT / root).rglob("*.py"))


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _imports(path: Path) -> Iterator[str]:
    """Give the first name of every module a file imports, wherever the import stands."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (each.name.partition(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _rooms() -> list[Path]:
    return [path for path in _sources(*ROOTS) if path.name == "__init__.py"]


@pytest.mark.parametrize("room", _rooms(), ids=_name)
def test_a_room_says_what_lives_in_it(room):
    """Rule 1: its docstring says what lives here, what it may import and what never comes in."""
    said = ast.get_docstring(_tree(room)) or ""
    assert said
    if room.parent != ROOT / "hub":  # the house itself
        assert re.findall(r"May import:|Never comes in:", said) == ["May import:", "Never comes in:"]


def test_no_file_or_folder_has_a_name_that_says_nothing():
    """Rule 1: a shared idea gets its noun."""
    parts = {
        part.removesuffix(".py")
        for path in _sources(*ROOTS, "tests")
        for part in path.relative_to(ROOT).parts
    }
    assert parts & BANNED_NAMES == set()


@pytest.mark.parametrize("library", LIBRARY_ROOMS)
def test_a_library_stays_in_its_room(library):
    """Rule 3: what a library is to us is said in one place, so that it can be replaced there."""
    rooms = LIBRARY_ROOMS[library]
    strays = [
        name
        for path in _sources(*ROOTS)
        if library in _imports(path) and not (name := _name(path)).startswith(rooms or ("\0",))
    ]
    assert strays == []


def test_files_keep_a_readable_size():
    """Rule 11: 400 lines are the ceiling, 600 for tests."""
    long = {_name(path): len(path.read_text("utf-8").splitlines()) for path in _sources(*ROOTS, "tests")}
    ceiling = {name: MAX_TEST_FILE_LINES if name.startswith("tests/") else MAX_FILE_LINES for name in long}
    assert {name: lines for name, lines in long.items() if lines > ceiling[name]} == {}


def test_functions_keep_a_readable_size():
    """Rule 11: 50 lines are the ceiling, the signature and docstring included."""
    long = {
        f"{_name(path)}:{each.name}": lines
        for path in _sources(*ROOTS)
        for each in _functions(path)
        if (lines := (each.end_lineno or each.lineno) - each.lineno + 1) > MAX_FUNCTION_LINES
    }
    assert long == {}


def test_every_test_says_what_it_shows():
    """Rule 16: a test has a docstring that reads like the specification."""
    silent = [
        f"{_name(path)}:{each.name}"
        for path in _sources("tests")
        if path.name.startswith("test_") or path.name == "contract.py"
        for each in _functions(path)
        if each.name.startswith("test_") and not ast.get_docstring(each)
    ]
    assert silent == []


def test_tests_mirror_the_tree():
    """Rule 16: a test file lies in the folder of the room it is about."""
    folders = {path.parent for path in _sources("tests") if path.name.startswith("test_")}
    names = {folder.relative_to(ROOT / "tests").as_posix() for folder in folders}
    assert {name for name in names - SUITES if not (ROOT / name).is_dir()} == set()


def test_every_ignore_has_its_reason_beside_it():
    """An ignore without a reason is a rule that nobody believes in."""
    bare = re.compile(r"#\s*(noqa(: *[A-Z]+[0-9]+(, *[A-Z]+[0-9]+)*)?|type: ignore(\[[a-z, -]+\])?)\s*$")
    found = [
        f"{_name(path)}:{number}"
        for path in _sources(*ROOTS, "tests")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if bare.search(line)
    ]
    assert found == []


def test_the_table_of_commands_names_what_is_there():
    """Every command of `hub --help` has its module, and every module with a command of its name is in the table."""
    missing = [
        name
        for name, (module, _) in COMMANDS.items()
        if not (ROOT / f"{module.replace('.', '/')}.py").exists()
    ]
    assert missing == []
