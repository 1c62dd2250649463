"""Language tags are well-formed by RFC 5646 or none."""

from __future__ import annotations

import pytest

from stix_models.conformance.languages import is_language_tag


@pytest.mark.parametrize(
    "tag",
    [
        *(
            "de",
            "de-CH-1901",
            "zh-cmn-Hans-CN",
            "sr-Latn-RS",
            "es-419",
            "sl-IT-nedis",
            "en-a-bbb-x-a-ccc",
            "x-whatever",
        ),
        *("i-klingon", "en-GB-oed", "zh-min-nan", "art-lojban", "az-Arab-x-AZE-derbend", "EN"),
    ],
)
def test_the_examples_of_the_rfc_are_tags(tag):
    """Language, script, region, variants, extensions, private use and what was registered before."""
    assert is_language_tag(tag)


@pytest.mark.parametrize(
    "tag", ["", "e", "en_US", "en-", "de-419-DE", "a-DE", "en-x", "en\n", "\u0435n", "en" + "-abcde" * 60]
)
def test_other_text_is_no_tag(tag):
    """Underscores, parts in the wrong order, other scripts and endless tags are refused."""
    assert not is_language_tag(tag)
