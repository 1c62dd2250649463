"""Written values and their one normal form."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converters.values.observables import DETECTORS, detect, literal, why_not
from converters.values.refang import refang

ALL = tuple(DETECTORS)

NORMAL = [
    ("GTNAOCCHBA-88.EXAMPLE.", "domain-name", "gtnaocchba-88.example"),
    ("bücher[.]example", "domain-name", "xn--bcher-kva.example"),
    ("hXXp://EVIL[.]example:80/Path?Q=1", "url", "http://evil.example/Path?Q=1"),
    ("http[://]a.example/ü", "url", "http://a.example/%C3%BC"),
    ("<https://a.example:8443/x>", "url", "https://a.example:8443/x"),
    ("hxxps://[2001:DB8::1]/", "url", "https://[2001:db8::1]/"),
    ("192(.)0(.)2(.)49", "ipv4-addr", "192.0.2.49"),
    ("203.0.113.39:443", "ipv4-addr", "203.0.113.39"),
    ("198.51.100.0/24", "ipv4-addr", "198.51.100.0/24"),
    ("2001:0DB8:0:0::1", "ipv6-addr", "2001:db8::1"),
    ("u2639 (at) iruhkj-86[.]INVALID", "email-addr", "u2639@iruhkj-86.invalid"),
    ("552454F14FAB6F3E164F1513563E9BED", "file", "552454f14fab6f3e164f1513563e9bed"),
    ("@7bd55ee6", "user-account", "@7bd55ee6"),
    ("GB82 WEST 1234 5698 7654 32", "bank-account", "GB82WEST12345698765432"),
    # The genesis address; BIP 173's and BIP 350's own vectors.
    ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "cryptocurrency-wallet", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
    (
        "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
        "cryptocurrency-wallet",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    ),
    (
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        "cryptocurrency-wallet",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
    ),
    (
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "cryptocurrency-wallet",
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
    ),
]


@pytest.mark.parametrize(("written", "type_", "text"), NORMAL)
def test_normal_form(written: str, type_: str, text: str) -> None:
    """However it is written, a value has one type and one spelling; writing that spelling again changes nothing."""
    found = detect(refang(written), ALL)
    assert found is not None
    assert (found.type, found.text) == (type_, text)
    again = detect(refang(found.text), ALL)
    assert again is not None
    assert (again.properties, again.pattern) == (found.properties, found.pattern)


NEAR_MISSES = [
    ("", "empty"),
    ("not an indicator", "not-recognised"),
    ("999.10.2.1", "ip"),
    ("3617e7854a55345dc0a32814a8dcb9dd1a34735", "digits"),
    ("1RjtJjbYBB62vb82W7ne2gJiPvCp3dEGR0", "checksum"),
    ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "checksum"),
    ("GB82WEST12345698765433", "checksum"),
    ("havio.pl/themes/x.css", "scheme"),
]


@pytest.mark.parametrize(("written", "code"), NEAR_MISSES)
def test_near_misses_are_named(written: str, code: str) -> None:
    """What is nearly a value is none, and is told why."""
    assert detect(refang(written), ALL) is None
    assert why_not(written, ALL)[0] == code


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60) | st.text("1.:/@[](){}hxtpdoabc-<> ", max_size=60))
def test_every_text_has_an_answer(text: str) -> None:
    """No text breaks the readers; what one of them takes is a fixed point."""
    found = detect(refang(text), ALL)
    if found is None:
        assert why_not(refang(text), ALL)
    else:
        again = detect(found.text, ALL)
        assert again is not None
        assert again.properties == found.properties


def test_quotes_do_not_end_a_pattern() -> None:
    """A quote or backslash in a value stays inside the string of the pattern."""
    assert literal("a'b\\c") == "'a\\'b\\\\c'"


@pytest.mark.parametrize("unit", ["a.", "a[.]", "f", "@", "1.", "http://", "hxxp[:]//", "(at)", "<", "ü.", "http://ü"])
def test_hostile_cells_take_no_time(unit: str) -> None:
    """A cell of 100,000 characters of any shape is answered at once: every reader is linear."""
    text = refang(unit * (100_000 // len(unit)))
    assert detect(text, ALL) is None or len(text) < 1_000
    why_not(text, ALL)
