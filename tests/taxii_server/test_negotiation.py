"""Media types of requests, read as RFC 7231 has them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taxii_server.negotiation import MEDIA_TYPE, accepts, takes

SERVED = [
    ("R013", "application/taxii+json;version=2.1"),
    ("R014", "application/taxii+json"),
    ("R016", "application/taxii+json ; version=2.1"),
    ("R017", "Application/TAXII+JSON;Version=2.1"),
    ("R018", 'application/taxii+json;version="2.1"'),
    ("R019", "text/html, application/taxii+json;version=2.1"),
    ("R020", "application/taxii+json;version=2.1, application/stix+json;version=2.1"),
    ("R020", "application/stix+json;version=2.1, application/taxii+json;version=2.1"),
    ("R021", "application/taxii+json;version=2.1;q=0.1"),
    ("R022", "application/vnd.oasis.taxii+json; version=2.0, application/taxii+json;version=2.1"),
    ("R022", "application/taxii+json;version=2.0, application/taxii+json;version=2.1"),
    ("R023", "application/taxii+json;version=2.0;q=1, application/taxii+json;version=2.1;q=0.5"),
    ("R024", "*/*"),
    ("R024", "application/*"),
    ("R025", "application/json, text/plain, */*"),
    ("R029", None),
    ("R029", ""),
]

REFUSED = [
    ("R026", "text/html"),
    ("R026", "application/json"),
    ("R027", "application/taxii+json;version=2.0"),
    ("R027", "application/taxii+json;version=3.0"),
    ("R028", "application/vnd.oasis.taxii+json;version=2.0"),
    ("R030", "???"),
    ("R030", 'application/taxii+json;version="2.1'),
    ("R030", "application/taxii+json;version=2.1;q=2"),
    ("R031", "application/taxii+json;version=2.1;q=0"),
    ("R031", "*/*, application/taxii+json;q=0"),
]


@pytest.mark.parametrize(("row", "header"), SERVED)
def test_an_accept_header_that_includes_taxii_is_served(row, header):
    """Whatever form names application/taxii+json of version 2.1, or a range with it, is served."""
    assert accepts(header), row


@pytest.mark.parametrize(("row", "header"), REFUSED)
def test_an_accept_header_without_taxii_is_refused(row, header):
    """Another type, another version, a weight of zero or no grammar at all is refused."""
    assert not accepts(header), row


@pytest.mark.parametrize(
    ("row", "header", "taken"),
    [
        ("R032", MEDIA_TYPE, True),
        ("R033", "application/taxii+json", True),
        ("R034", 'APPLICATION/taxii+json ; Version="2.1"', True),
        ("R035", "application/taxii+json;version=2.1;charset=utf-8", True),
        ("R035", "application/taxii+json;charset=UTF-8", True),
        ("R036", "application/taxii+json;charset=latin-1", False),
        ("R036", "application/json", False),
        ("R036", "application/taxii+json;version=2.0", False),
        ("R037", None, False),
        ("R037", "", False),
    ],
)
def test_a_body_is_taken_by_its_content_type(row, header, taken):
    """Content-Type names TAXII JSON of this version or of none, in UTF-8."""
    assert takes(header) is taken, row


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='aplictonx+/*;=,q. \t"\\01', max_size=80))
def test_no_header_is_a_failure(header):
    """Whatever stands in the headers, the answer is yes or no."""
    assert accepts(header) in {True, False}
    assert takes(header) in {True, False}


def test_a_long_header_takes_no_long_time():
    """A header of 100,000 characters that fits nowhere is read in a moment."""
    for header in (
        '"' * 100_000,
        ";a=" * 33_000,
        "a/b;" + ' ;"' * 30_000,
        "application/taxii+json" + ";" * 90_000,
    ):
        assert not accepts(header)
