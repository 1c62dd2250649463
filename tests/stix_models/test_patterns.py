"""Pattern syntax: what the grammar of STIX 2.1 takes, in time by its length."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stix2patterns.validator import validate

from stix_models.patterns import PatternError, check_pattern

SOUND = [
    "[file:size = 1280]",
    "[file:hashes.'SHA-256' = 'aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f']",
    "[email-message:from_ref.value MATCHES '.+\\\\@example\\\\.com$' AND email-message:subject NOT LIKE 'a%']",
    "([ipv4-addr:value ISSUBSET '198.51.100.0/24'] AND [(a:b IN(443, -1.5) OR EXISTS a:c[*].d)]) REPEATS 2 TIMES",
    "[a:b = h'0aFF' AND a:c = b'YQ==' AND a:d = t'2024-02-29T12:00:00Z'] WITHIN 5.5 SECONDS FOLLOWEDBY [a:e != true]",
    "[a:b<>1]START t'2016-06-01T01:30:00.123Z' STOP t'2016-06-01T02:20:00Z'OR/* or */[a : b . c [ 0 ] NOT = -0] // end",
]
BROKEN = {
    "": "`[` expected at character 1",
    "file:size = 1280": "`[` expected at character 1",
    "[file:size = ]": "operator and its value expected at character 12",
    "[file:size = 1280": "AND, OR or `]` expected at character 18",
    "[file.size = 1]": "object path expected at character 2",
    "[(a:b = 1]": "`)` expected at character 10",
    "([a:b = 1]": "`)` expected at character 11",
    "[a:b = 1] within 2 SECONDS": "qualifier or the end expected at character 11",
    "[a:b = 1] WITHIN 2 SECONDS WITHIN 3 SECONDS": "a second WITHIN",
    "[a:b.c-d = 1]": "operator and its value expected at character 5",
    "[a:b > true]": "operator and its value expected at character 6",
    "[a:b = 'c:\\win']": "operator and its value expected at character 6",
    "[a:b = 01]": "operator and its value expected at character 6",
    "[a:b = 1] OR": "`[` expected at character 13",
}


@pytest.mark.parametrize("pattern", SOUND)
def test_sound_patterns_are_taken(pattern):
    """Every form of the grammar is a pattern, and OASIS's own parser says so too."""
    check_pattern(pattern)
    assert validate(pattern, "2.1")


@pytest.mark.parametrize(("pattern", "message"), BROKEN.items())
def test_broken_patterns_say_what_was_expected_where(pattern, message):
    """A pattern that is none is refused with the character and what should stand there."""
    with pytest.raises(PatternError, match=message.replace("[", r"\[").replace(")", r"\)")):
        check_pattern(pattern)
    assert not pattern or not validate(pattern, "2.1")


def test_a_thousand_terms_are_no_recursion():
    """A pattern of 1,019 terms, in one observation or in as many, is taken at once."""
    terms = [f"ipv4-addr:value = '198.51.{number // 256}.{number % 256}'" for number in range(1019)]
    check_pattern(f"[{' OR '.join(terms)}]")
    check_pattern(" OR ".join(f"[{term}]" for term in terms))
    check_pattern("(" * 100_000 + "[a:b = 1]" + ")" * 100_000)


@pytest.mark.parametrize(
    "pattern",
    [
        *("[" * 200_000, "(" * 200_000, "[a:b = '" + "\\'" * 100_000, "[a:b = 1 " + "/*" * 100_000),
        *("[a:b IN (" + "1," * 100_000, "[a:b" + ".c" * 100_000, "[a:b" + "[0]" * 60_000, " " * 200_000),
        *("[a:b = 1] " + "/**/" * 50_000 + "x", "[a:b = " + "1" * 200_000 + "x", "[" + "a-" * 100_000),
    ],
    ids=lambda pattern: pattern[:12],
)
def test_malformed_patterns_are_refused_quickly(pattern):
    """200,000 characters of nonsense take well under a second."""
    start = time.process_time()
    with pytest.raises(PatternError):
        check_pattern(pattern)
    assert time.process_time() - start < 1


def test_longer_than_the_limit_is_not_looked_at():
    """The limit is in characters and included."""
    check_pattern("[a:b = 1]", max_chars=9)
    with pytest.raises(PatternError, match="9 characters, more than the 8"):
        check_pattern("[a:b = 1]", max_chars=8)


WORDS = ["[", "]", "(", ")", "a:b", "= 1", "LIKE 'x'", " AND ", " OR ", "FOLLOWEDBY", "EXISTS", "a:b = 1", "[a:b = 1]"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=7).map("".join))
def test_patterns_are_those_of_the_oasis_parser(pattern):
    """On any heap of words both parsers agree whether it is a pattern."""
    try:
        check_pattern(pattern)
        taken = True
    except PatternError:
        taken = False
    assert validate(pattern, "2.1") == taken
