"""What the browser loads besides pages: files of this package, each with its hash (static/manifest.json)."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from flask import Blueprint, Response, abort, url_for
from markupsafe import Markup

from hub.console.doorkeeper import open_to_all

blueprint = Blueprint("assets", __name__, url_prefix="/static")

_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
_ROOM = "hub.console"


@cache
def manifest() -> Mapping[str, Mapping[str, Any]]:
    """Give the assets by name: file, version, licence, source and integrity (sha384, base64).

    Other people's files have theirs written down, so that a changed one shows; ours change with every commit.
    """
    read: dict[str, dict[str, Any]] = json.loads(_bytes("manifest.json"))
    return {name: {"integrity": integrity_of(_bytes(each["file"])), **each} for name, each in read.items()}


def integrity_of(content: bytes) -> str:
    """Give what a page says of a file's content (Subresource Integrity, section 3.2)."""
    return f"sha384-{base64.b64encode(hashlib.sha384(content).digest()).decode()}"


def tag_of(name: str) -> Markup:
    """Give the element that loads an asset, with its hash: what was changed on the way does not run."""
    known = manifest()[name]
    file, integrity = known["file"], known["integrity"]
    # The hash also makes a new address of a new version, so that the old one may be kept for ever.
    url = url_for("assets.show", file=file, v=integrity[-12:-4])
    if file.endswith(".js"):
        return Markup('<script src="{}" integrity="{}" defer></script>').format(url, integrity)
    return Markup('<link rel="stylesheet" href="{}" integrity="{}">').format(url, integrity)


@blueprint.get("/<file>")
@open_to_all
def show(file: str) -> Response:
    """Give one file of the manifest, to be kept as long as the browser likes."""
    if file not in {each["file"] for each in manifest().values()}:
        abort(404)
    response = Response(_bytes(file), content_type=_TYPES[file.rsplit(".", 1)[-1]])
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@cache
def _bytes(file: str) -> bytes:
    return files(_ROOM).joinpath("static", file).read_bytes()
