"""Keys of the Windows registry as STIX wants them: the hive by its full name (section 6.17)."""

from __future__ import annotations

_HIVES = {
    "HKLM": "HKEY_LOCAL_MACHINE",
    "HKCU": "HKEY_CURRENT_USER",
    "HKCR": "HKEY_CLASSES_ROOT",
    "HKU": "HKEY_USERS",
    "HKCC": "HKEY_CURRENT_CONFIG",
}


def registry_key(text: str) -> tuple[str, str] | None:
    r"""(key with the full name of its hive and no `\` at its end, what was changed); None without a hive."""
    hive, slash, path = text.strip().partition("\\")
    full = _HIVES.get(hive.upper(), hive.upper())
    if full not in _HIVES.values():
        return None
    key = f"{full}{slash}{path}".rstrip("\\")
    changes = ["the hive's full name"] if full != hive else []
    changes += ["no backslash at its end"] if text.endswith("\\") else []
    return key, " and ".join(changes)
