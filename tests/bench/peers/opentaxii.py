"""This hub beside OpenTAXII 0.9.3 on SQLite, in an environment of its own that is made on demand.

What it can't do is not asked of it: it takes no object without `modified`, so there are no observables, on either side;
anybody may read and write, so it never looks a password up (its hash alone would take longer than the question).
Nothing it takes is checked against who may see it, and its pushes are on disk when it answers.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path

from stix_models.ids import SCO_TYPES, type_of
from tests.bench.client import Line
from tests.bench.community import MARKS
from tests.bench.corpus import Corpus, Piece, envelope
from tests.bench.hubs import NEW, served
from tests.bench.loading import load
from tests.bench.peers.comparing import OBJECTS, PAGE, Peer, compare
from tests.bench.servers import opentaxii_server
from tests.bench.table import Table

_PROGRAM = Path(__file__).with_name("opentaxii_app.py")
_APART = "-P"
"""Not with the program's folder in the path: this file would be taken for the library of its name."""
_HOME = Path(__file__).resolve().parents[3] / "var" / "bench" / "opentaxii-0.9.3"
_PACKAGES = ("opentaxii==0.9.3", "sqlalchemy<2", "marshmallow<4")
"""With the majors of what it is built on that there were when it came out."""


def opentaxii(folder: Path, table: Table, *, workers: int, rounds: int) -> None:
    """Make its environment, load both with the same, ask both in turn."""
    try:
        python = _environment()
    except subprocess.CalledProcessError as error:
        table.note(f"OpenTAXII: skipped, it can't be installed here: {error.stderr.strip()[-500:]}")
        return
    marks = tuple(mark for mark in MARKS if mark.visible)
    pieces = [piece for piece in Corpus(marks=marks).batch(2 * OBJECTS) if _takes(piece)][:OBJECTS]
    batches = [pieces[start : start + PAGE] for start in range(0, OBJECTS, PAGE)]
    loaded = load(folder / "beside-opentaxii", iter(batches))
    config, objects = _founded(python, folder)
    with ExitStack() as stack:
        hub = stack.enter_context(served(loaded, workers))
        server = stack.enter_context(opentaxii_server([str(python), _APART, str(_PROGRAM)], config, workers))
        line = stack.enter_context(Line(server.port, None))
        for batch in batches:
            line.post(objects, envelope(batch))
        last = len(line.get(f"{objects}?limit={OBJECTS}").objects)  # of each object its last version
        before = line.get(f"{objects}?limit={last - NEW}").header("X-TAXII-Date-Added-Last")
        compare(table, hub, Peer("OpenTAXII 0.9.3", line, objects, before, _takes), rounds)


def _takes(piece: Piece) -> bool:
    return type_of(piece.object_id) not in SCO_TYPES


def _environment() -> Path:
    """Give the interpreter of its environment; made, by the package installer, where there is none."""
    python, done = _HOME / "bin" / "python", _HOME / "done"
    if not done.exists():
        server = f"granian=={version('granian')}"
        for command in (
            [sys.executable, "-m", "venv", "--clear", str(_HOME)],
            [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *_PACKAGES, server],
        ):
            subprocess.run(command, check=True, capture_output=True, text=True)
        done.touch()
    return python


def _founded(python: Path, folder: Path) -> tuple[Path, str]:
    """Write its configuration and make its database; give the former, and the path of the collection's objects."""
    kept = {"db_connection": f"sqlite:///{folder / 'opentaxii.sqlite3'}", "create_tables": True}
    accounts = {"db_connection": f"sqlite:///{folder / 'opentaxii-accounts.sqlite3'}", "create_tables": True}
    config = {
        "domain": "127.0.0.1",
        "support_basic_auth": True,
        "auth_api": {
            "class": "opentaxii.auth.sqldb.SQLDatabaseAPI",
            "parameters": accounts | {"secret": "invented for the bench, and for no other use"},
        },
        "taxii1": None,
        "taxii2": {
            "title": "Bench",
            "max_content_length": 33_554_432,
            "public_discovery": True,
            "allow_custom_properties": True,
            "persistence_api": {
                "class": "opentaxii.persistence.sqldb.Taxii2SQLDatabaseAPI",
                "parameters": kept,
            },
        },
        "logging": {"root": "error"},
    }
    path = folder / "opentaxii.yml"
    path.write_text(json.dumps(config))  # every JSON text is YAML
    command = [str(python), _APART, str(_PROGRAM), "found", str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return path, done.stdout.splitlines()[-1]
