"""Account numbers that carry their own proof: bank accounts and wallets."""

from __future__ import annotations

import hashlib
import re

_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_ADDRESS = re.compile(rf"[13][{_BASE58}]{{24,34}}")
_BASE58_VALUE = {letter: value for value, letter in enumerate(_BASE58)}
_BITCOIN_VERSIONS = (0x00, 0x05)
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_ADDRESS = re.compile(rf"bc1[{_BECH32}]{{8,87}}")
_BECH32_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_RESIDUE = {0: 1}  # segwit version 0: BIP 173; every later version: BIP 350
_BECH32M = 0x2BC830A3
_ETHEREUM = re.compile(r"0[xX][0-9a-fA-F]{40}")


def iban(text: str) -> str | None:
    """Give an International Bank Account Number without blanks, its check digits right (ISO 13616, mod 97)."""
    text = text.replace(" ", "").replace("\xa0", "").upper()
    if not _IBAN.fullmatch(text):
        return None
    turned = text[4:] + text[:4]
    return text if int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1 else None


def bitcoin(text: str) -> str | None:
    """Give a Bitcoin address, its checksum right: base58check as written, segwit in lower case."""
    if _BASE58_ADDRESS.fullmatch(text):
        return text if _base58check(text) else None
    lower = text.lower()
    if text in (lower, text.upper()) and _BECH32_ADDRESS.fullmatch(lower):
        return lower if _bech32(lower) else None
    return None


def ethereum(text: str) -> str | None:
    """Give an Ethereum address in lower case. Its mixed-case checksum needs Keccak and is not judged."""
    return text.lower() if _ETHEREUM.fullmatch(text) else None


def _base58check(text: str) -> bool:
    number = 0
    for letter in text:
        number = number * 58 + _BASE58_VALUE[letter]
    if number >= 1 << 200:
        return False
    raw = number.to_bytes(25, "big")
    digest = hashlib.sha256(hashlib.sha256(raw[:21]).digest()).digest()
    return raw[0] in _BITCOIN_VERSIONS and digest[:4] == raw[21:]


def _bech32(text: str) -> bool:
    """Whether the checksum of BIP 173 (version 0) or BIP 350 (later versions) holds."""
    data = [_BECH32.index(letter) for letter in text[3:]]
    check = 1
    for value in (3, 3, 0, 2, 3, *data):  # the prefix "bc", expanded
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_BECH32_GENERATOR):
            check ^= generator if top >> bit & 1 else 0
    return check == _BECH32_RESIDUE.get(data[0], _BECH32M)
