"""The language of the search box."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import InvalidInputError, TooLargeError
from hub.services.exploring.asking import MAX_QUERY_CHARS, MOST_LINES, MOST_TERMS, lines_of, understand
from hub.store.query import Match, Term
from stix_models.markings import Level
from stix_models.timestamps import parse_micros

ID = "malware--00000000-0000-4000-8000-000000000001"


def day(text: str) -> int:
    """Give a day in µs since 1970."""
    return parse_micros(f"{text}T00:00:00Z")


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("lockbit", [Term(Match.WORDS, "lockbit")]),
        ('"black basta" gang', [Term(Match.PHRASE, "black basta"), Term(Match.WORDS, "gang")]),
        ("hxxps://evil[.]test/a", [Term(Match.PHRASE, "https://evil.test/a")]),
        ("EVIL[.]test", [Term(Match.PHRASE, "evil.test")]),
        ("joe[at]evil(dot)test", [Term(Match.PHRASE, "joe@evil.test")]),
        ("192.0.2[.]7", [Term(Match.PHRASE, "192.0.2.7")]),
        ("2001:db8::1", [Term(Match.PHRASE, "2001:db8::1")]),
        ("aa:bb:cc:dd:ee:ff", [Term(Match.WORDS, "aa:bb:cc:dd:ee:ff")]),
        (ID, [Term(Match.ID, ID)]),
        ('"unclosed phrase', [Term(Match.PHRASE, "unclosed phrase")]),
        ("", []),
    ],
)
def test_words_phrases_values_and_ids(text: str, terms: list[Term]):
    """What is no filter is searched: values in their live spelling, ids as they are."""
    assert list(understand(text).terms) == terms
    assert understand(text).wrong == ()


def test_filters_narrow_and_several_of_one_name_are_alternatives():
    """With or without quotes, blanks behind the colon, capitals and commas."""
    asked = understand(
        'type:malware,tool Type: report tlp:white tlp:"TLP:AMBER STRICT" source:"Fraud Desk" source:x lock'
    )
    assert asked.types == {"malware", "tool", "report"}
    assert asked.levels == {Level.CLEAR, Level.AMBER_STRICT}
    assert asked.sources == ("Fraud Desk", "x")
    assert asked.terms == (Term(Match.WORDS, "lock"),)
    assert asked.whole == "lock"


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("2026", "2026-01-01", "2027-01-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2024-02-29", "2024-02-29", "2024-03-01"),
        ("2026-01..2026-06", "2026-01-01", "2026-07-01"),
        ("2025..2026-01-15", "2025-01-01", "2026-01-16"),
    ],
)
def test_times_are_years_months_days_or_from_one_to_another(text: str, since: str, until: str):
    """The end is the end of what is named."""
    assert understand(f"seen:{text}").seen == ((day(since), day(until)),)


def test_either_end_of_a_time_may_be_open():
    """From a day on, or up to it."""
    (after,), (before,) = understand("seen:2026-01..").seen or (), understand("seen:..2026-01").seen or ()
    assert (after[0], before[1]) == (day("2026-01-01"), day("2026-02-01"))
    assert before[0] < day("1990-01-01")
    assert after[1] > day("2100-01-01")


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [
        ("tlp:purple", "tlp", "not a TLP level"),
        ("type:malwre", "type", "did you mean malware"),
        ("type:Mal/ware", "type", "small letters"),
        ("seen:2026-13", "seen", "no such day"),
        ("seen:yesterday", "seen", "write a year"),
        ("seen:2026..2025", "seen", "ends before it begins"),
        ("colour:red", "colour", "no such filter: type, tlp, source, seen"),
        ("tlp:,", "tlp", "a value is missing"),
        ("---", "", "no letter and no digit"),
    ],
)
def test_a_wrong_filter_is_named_and_the_rest_runs(text: str, name: str, says: str):
    """What was written, what is wrong with it; the other words are searched all the same."""
    asked = understand(f"{text} lockbit")
    (finding,) = asked.wrong
    assert finding.place == name
    assert says in finding.message
    assert asked.terms == (Term(Match.WORDS, "lockbit"),)


def test_a_question_has_limits():
    """Too many words are named, too long a question is refused."""
    asked = understand("word " * (MOST_TERMS + 5))
    assert len(asked.terms) == MOST_TERMS
    assert len(asked.wrong) == 1
    with pytest.raises(TooLargeError):
        understand("x" * (MAX_QUERY_CHARS + 1))


def test_a_list_is_read_line_by_line():
    """Live spelling and normal form, blank lines and repeats dropped; empty and endless lists are refused."""
    assert lines_of("hxxp://evil[.]test/\n\n EVIL.test \nevil[.]test\nBlack Basta") == (
        "http://evil.test/",
        "evil.test",
        "Black Basta",
    )
    for text in (" \n", "\n".join(f"{number}.test" for number in range(MOST_LINES + 1))):
        with pytest.raises(InvalidInputError) as caught:
            lines_of(text)
        assert [finding.place for finding in caught.value.findings] == ["list"]


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_every_text_is_a_question(text: str):
    """Whatever is typed is understood or named, never an error."""
    understand(text)
