"""Everything the console says, by key, one folder a language and one file a room: TOML, `room.key = "…"`.

May import: the standard library. Never comes in: a word of content, HTML.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

DEFAULT = "en"

Catalogue = Mapping[str, str]


@cache
def languages() -> tuple[str, ...]:
    """Give the languages there are, the default first."""
    found = sorted(each.name for each in files(__name__).iterdir() if each.is_dir() and not each.name.startswith("_"))
    return (DEFAULT, *(each for each in found if each != DEFAULT))


@cache
def catalogue(language: str) -> Catalogue:
    """Give all texts of a language by `room.key`; `room.key.one` and `.other` are chosen between by number."""
    texts: dict[str, str] = {}
    for file in files(__name__).joinpath(language).iterdir():
        if file.name.endswith(".toml"):
            _flatten(texts, file.name.removesuffix(".toml"), tomllib.loads(file.read_text("utf-8")))
    return texts


def say(language: str, key: str, **values: object) -> str:
    """Give a text with its values filled in (`{n}` by number, one or other). Raises: KeyError: there is none."""
    texts = catalogue(language)
    if key not in texts and "n" in values:
        key = f"{key}.one" if values["n"] == 1 else f"{key}.other"
    return texts[key].format(**{name: _shown(value) for name, value in values.items()})


def has(language: str, key: str) -> bool:
    """Whether there is such a text."""
    return key in catalogue(language)


def _shown(value: object) -> object:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else value


def _flatten(texts: dict[str, str], prefix: str, table: Mapping[str, object]) -> None:
    for key, value in table.items():
        if isinstance(value, Mapping):
            _flatten(texts, f"{prefix}.{key}", value)
        else:
            texts[f"{prefix}.{key}"] = str(value)
