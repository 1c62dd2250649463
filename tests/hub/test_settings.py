"""One set of settings from a file and the environment; nothing unknown, nothing out of bounds."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from hub.errors import SettingsError
from hub.settings import Settings, load


def test_defaults_hold_without_a_file(tmp_path: Path) -> None:
    """A hub needs no configuration, and listens on loopback."""
    settings = load({}, tmp_path)
    assert settings == Settings(data=tmp_path)
    assert (settings.host, settings.port, settings.max_content_bytes) == ("127.0.0.1", 6100, 33_554_432)


def test_environment_stands_above_the_file(tmp_path: Path) -> None:
    """DATA/hub.toml is read if it is there; HUB_* stands above it, and a folder given directly above both."""
    (tmp_path / "hub.toml").write_text('title = "Atlas"\nport = 6200\nworkers = 4\n')
    settings = load({"HUB_PORT": "6300", "HUB_DATA": str(tmp_path), "PATH": "/bin"})
    assert (settings.title, settings.port, settings.workers, settings.data) == ("Atlas", 6300, 4, tmp_path)
    assert load({"HUB_DATA": "elsewhere"}, tmp_path).data == tmp_path


def test_config_names_another_file(tmp_path: Path) -> None:
    """HUB_CONFIG names the file; one that is named and absent is an error."""
    (tmp_path / "other.toml").write_text("max_page = 10\ndefault_page = 5\n")
    assert load({"HUB_CONFIG": str(tmp_path / "other.toml")}, tmp_path).max_page == 10
    with pytest.raises(SettingsError, match=r"absent\.toml"):
        load({"HUB_CONFIG": str(tmp_path / "absent.toml")}, tmp_path)


@pytest.mark.parametrize(
    ("text", "environment", "named"),
    [
        ("prot = 1", {}, "prot"),
        ("port = 0", {}, "port"),
        ('port = "6100"', {}, "port"),
        ("port = true", {}, "port"),
        ("title = 3", {}, "title"),
        ('data = "x"', {}, "data"),
        ("default_page = 9000", {}, "default_page"),
        ("port", {}, "hub.toml"),
        ("", {"HUB_PROT": "1"}, "HUB_PROT"),
        ("", {"HUB_WORKERS": "many"}, "HUB_WORKERS"),
        ("", {"HUB_WORKERS": "-1"}, "HUB_WORKERS"),
        ("", {"HUB_WORKERS": "1000"}, "HUB_WORKERS"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, environment: dict[str, str], named: str) -> None:
    """What is unknown, of the wrong form or out of bounds fails with its name."""
    (tmp_path / "hub.toml").write_text(text)
    with pytest.raises(SettingsError, match=named):
        load(environment, tmp_path)


def test_every_setting_is_in_the_example() -> None:
    """config/production.example.toml shows each field, so that nobody has to read code to find one."""
    text = (Path(__file__).parents[2] / "config" / "production.example.toml").read_text()
    shown = {line.lstrip("# ").partition(" = ")[0] for line in text.splitlines() if " = " in line}
    assert shown == {field.name for field in fields(Settings)} - {"data"}
