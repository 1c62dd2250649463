"""MISP to STIX: every value kept, every object valid, every observable under the standard's id."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converters import CONVERTERS, ConversionError, Options, Outcome, Result, scores
from stix_models.conformance import check
from stix_models.ids import SCO_TYPES, observable_id
from stix_models.markings import TLP_MARKING, Level

HERE = Path(__file__).parents[2] / "fixtures" / "converters" / "misp"
GOLD = {gold["doc"]: gold for gold in map(json.loads, (HERE / "gold.jsonl").read_text().splitlines())}
AS_OF = datetime(2026, 11, 23, tzinfo=UTC)
UUID = "5c066053-0e94-46eb-9746-4b7d950d21{:02x}"


def convert(document: Any, level: Level = Level.GREEN, as_of: datetime | None = None) -> list[Result]:
    """Convert a document, given as bytes or as what JSON says, in the name of a producer."""
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return list(CONVERTERS["misp"].convert(io.BytesIO(data), Options("event.json", "ACME", level, as_of)))


def event(*attributes: Any, **members: Any) -> dict[str, Any]:
    """Give an event with attributes; one that is a pair is its type and value."""
    raw = [
        {"type": each[0], "value": each[1], "category": "Other", "uuid": UUID.format(index)}
        if isinstance(each, tuple)
        else each
        for index, each in enumerate(attributes)
    ]
    whole = {"uuid": UUID.format(255), "info": "An event", "date": "2026-01-02", "timestamp": "1767400000"}
    return {"Event": {**whole, "Orgc": {"name": "CIRCL", "uuid": UUID.format(254)}, "Attribute": raw, **members}}


def objects(results: list[Result]) -> list[dict[str, Any]]:
    """Give what was built, in order."""
    return [made for result in results for made in result.objects if isinstance(made, dict)]


def by_type(results: list[Result], type_: str) -> list[dict[str, Any]]:
    """Give what was built of one type, in order."""
    return [made for made in objects(results) if made["type"] == type_]


def codes(results: list[Result]) -> list[str]:
    """Give the codes of all findings."""
    return [finding.code for result in results for finding in result.findings]


def texts(value: Any) -> list[str]:
    """Give every plain value inside, as text."""
    if isinstance(value, dict | list):
        return [text for inner in (value.values() if isinstance(value, dict) else value) for text in texts(inner)]
    return [str(value)]


def references(made: dict[str, Any]) -> set[str]:
    """Give the ids to which an object refers, but for markings."""
    lists = [value for name, value in made.items() if name.endswith("_refs") and name != "object_marking_refs"]
    return {value for name, value in made.items() if name.endswith("_ref")} | {id_ for each in lists for id_ in each}


def hold_to_the_rules(results: list[Result]) -> None:
    """Check that every object is valid, under the standard's id, refers only back, and leaves once."""
    left: set[str] = set()
    for made in objects(results):
        assert check(made) is None
        assert made["type"] not in SCO_TYPES or made["id"] == observable_id(made)
        assert references(made) <= left
        left.add(made["id"])
    versions = Counter((made["id"], made.get("modified")) for made in objects(results))
    assert max(versions.values(), default=1) == 1


@pytest.mark.parametrize("name", GOLD)
def test_gold(name: str) -> None:
    """Attributes, objects, tags and clusters are as many as the gold file says; every indicator value comes out."""
    raw, gold = (HERE / name).read_bytes(), GOLD[name]
    results = convert(raw, as_of=AS_OF)
    hold_to_the_rules(results)
    wanted = gold["attributes"] + gold.get("object_attributes", 0)
    whole = len([made for made in objects(results) if made["type"] in ("report", "grouping")])
    assert Counter(each.outcome for each in results)[Outcome.CONVERTED] == wanted + whole
    said = "\n".join(texts(objects(results))).lower()
    assert [value for _, value in gold["ioc"] if value.lower() not in said] == []
    named = ("intrusion-set", "threat-actor", "attack-pattern", "malware", "tool", "course-of-action")
    assert len([made for made in objects(results) if made["type"] in named]) == gold["clusters"]
    assert len(by_type(results, "indicator")) <= gold["to_ids"]


ORACLE = """
import json, sys
from misp_stix_converter import MISPtoSTIX21Parser
parser = MISPtoSTIX21Parser()
parser.parse_misp_event({"Event": json.load(open(sys.argv[1]))["response"][0]["Event"]})
print(parser.bundle.serialize())
"""


@pytest.mark.parametrize("name", ["telebots.json", "turla-outlook.json"])
def test_indicators_are_those_of_misp_stix(name: str) -> None:
    """The indicators have the ids that misp-stix gives them, and ask for the same, but for repairs and addresses."""
    # Apart, since importing it leaves an importer behind that warns for every import after it.
    told = subprocess.run([sys.executable, "-c", ORACLE, str(HERE / name)], capture_output=True, check=True)
    theirs = [made for made in json.loads(told.stdout)["objects"] if made["type"] == "indicator"]
    ours = by_type(convert((HERE / name).read_bytes()), "indicator")
    assert {made["id"] for made in theirs} == {made["id"] for made in ours}
    pattern = {made["id"]: made["pattern"] for made in ours}
    for made in theirs:
        if "network-traffic:dst_ref" not in made["pattern"]:  # they look for traffic, we for the address itself
            assert set(re.findall(r"'.*?'", made["pattern"])) == set(re.findall(r"'.*?'", pattern[made["id"]]))


def test_a_value_that_costs_misp_stix_the_event_costs_nothing_here() -> None:
    """The event that the oracle can't convert at all gives each of its attributes."""
    results = convert((HERE / "zebrocy.json").read_bytes())
    assert not [each for each in results if each.outcome is Outcome.REJECTED]


def test_event_becomes_a_report_under_its_own_ids() -> None:
    """Event, indicator, observed data and note bear MISP's UUIDs; dates are the event's and the attribute's."""
    raw = event(
        {"type": "domain", "value": "a.example", "to_ids": True, "uuid": UUID.format(17), "timestamp": "1767500000"},
        ("ip-dst", "192.0.2.1"),
        ("text", "seen twice"),
        published=True,
        publish_timestamp="1767600000",
    )
    results = convert(raw)
    hold_to_the_rules(results)
    ids = {made["type"]: made["id"] for made in objects(results)}
    assert ids["report"] == f"report--{UUID.format(255)}"
    indicator = by_type(results, "indicator")[0]
    assert indicator["id"] == f"indicator--{UUID.format(17)}"
    assert (indicator["created"], indicator["modified"]) == ("2026-01-02T00:00:00.000Z", "2026-01-04T04:13:20.000Z")
    assert ids["observed-data"].endswith(UUID.format(1))
    note = by_type(results, "note")[0]
    assert (note["id"], note["object_refs"]) == (f"note--{UUID.format(2)}", [ids["report"]])
    report = by_type(results, "report")[0]
    assert report["created_by_ref"] == f"identity--{UUID.format(254)}"
    assert report["published"] == "2026-01-05T08:00:00.000Z"
    assert set(report["object_refs"]) >= {indicator["id"], *(made["id"] for made in by_type(results, "domain-name"))}


REPAIRED = {
    ("url", "a.example"): "[domain-name:value = 'a.example']",
    ("url", "192.0.2.1"): "[ipv4-addr:value = '192.0.2.1']",
    ("url", "http://a.example/b c"): "[url:value = 'http://a.example/b%20c']",
    ("url", "a.example/b"): "[url:value LIKE '%://a.example/b']",
    ("domain", "hxxp://a[.]example/"): "[url:value = 'http://a.example/']",
    ("regkey", "HKLM\\Software\\X\\"): "[windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\\\Software\\\\X']",
    ("regkey|value", "hkcu\\X|%TEMP%\\a"): (
        "[windows-registry-key:key = 'HKEY_CURRENT_USER\\\\X' AND windows-registry-key:values[*].data = '%TEMP%\\\\a']"
    ),
    ("md5", "a" * 40): f"[file:hashes.'SHA-1' = '{'a' * 40}']",
    ("domain", "*.a.example"): "[domain-name:value LIKE '%.a.example']",
}


@pytest.mark.parametrize(("type_", "value"), REPAIRED)
def test_values_are_repaired_one_by_one(type_: str, value: str) -> None:
    """What is wrong in one way only is put right, told, and the raw spelling kept."""
    results = convert(event({"type": type_, "value": value, "to_ids": True, "uuid": UUID.format(1)}))
    hold_to_the_rules(results)
    assert by_type(results, "indicator")[0]["pattern"] == REPAIRED[type_, value]
    assert codes(results) == ["repaired"]
    assert value in texts(objects(results))


KEPT = [("regkey", "{59031A47}"), ("ip-dst", "somewhere"), ("md5", "xyz"), ("domain|ip", "a.example"), ("AS", "x")]


@pytest.mark.parametrize(("type_", "value"), KEPT)
def test_what_is_not_of_its_type_is_kept_as_text(type_: str, value: str) -> None:
    """A value that its type doesn't allow is told and becomes a note, with the event around it untouched."""
    results = convert(event((type_, value), ("domain", "b.example")))
    hold_to_the_rules(results)
    assert codes(results) == ["value"]
    assert by_type(results, "note")[0]["content"] == value
    assert len(by_type(results, "domain-name")) == 1


def test_a_bad_attribute_costs_itself_alone() -> None:
    """Attributes without a type, a value or a form are rejected with their place; the others are converted."""
    results = convert(event({"value": "x"}, {"type": "md5", "value": ""}, 7, ("domain", "a.example")))
    rejected = [each for each in results if each.outcome is Outcome.REJECTED]
    assert [each.locator for each in rejected] == [f"Event.Attribute[{index}]" for index in range(3)]
    assert [made["value"] for made in by_type(results, "domain-name")] == ["a.example"]


def test_deleted_is_skipped() -> None:
    """What was deleted in MISP is told and leaves nothing."""
    results = convert(event({"type": "domain", "value": "a.example", "deleted": True}))
    assert Counter(each.outcome for each in results)[Outcome.SKIPPED] == 1
    assert not by_type(results, "domain-name")


@pytest.mark.parametrize(
    ("tags", "own", "level"),
    [
        (["tlp:white"], [], Level.GREEN),
        (["tlp:clear"], ["TLP:AMBER"], Level.AMBER),
        (["tlp:amber+strict"], ["tlp:green"], Level.AMBER_STRICT),
        (["tlp:green", "tlp:red"], [], Level.RED),
        (["tlp:purple"], [], Level.RED),
    ],
)
def test_strictest_tlp_wins(tags: list[str], own: list[str], level: Level) -> None:
    """Event's tags, the attribute's tags and --tlp: the strictest marks; a level nobody defined is red and told."""
    tag = [{"name": name} for name in own]
    results = convert(
        event({"type": "domain", "value": "a.example", "to_ids": True, "Tag": tag}, Tag=[{"name": n} for n in tags])
    )
    assert by_type(results, "indicator")[0]["object_marking_refs"] == [TLP_MARKING[level]]
    assert by_type(results, "domain-name")[0]["object_marking_refs"] == [TLP_MARKING[level]]
    assert ("marking" in codes(results)) == ("tlp:purple" in tags)


def test_pap_is_a_marking_and_other_tags_are_labels() -> None:
    """The strictest PAP tag becomes PAP's marking; what is neither TLP nor PAP is a label of the report."""
    names = ("PAP:GREEN", "PAP:AMBER", "tlp:green", "osint:certainty=93")
    report = by_type(convert(event(Tag=[{"name": name} for name in names])), "grouping")[0]
    assert report["object_marking_refs"] == [
        TLP_MARKING[Level.GREEN],
        "marking-definition--60f8932b-e51e-4458-b265-a2e8be9a80ab",
    ]
    assert report["labels"] == ["osint:certainty=93"]


CLUSTER = {"value": "Turla", "uuid": UUID.format(9), "type": "threat-actor", "meta": {"synonyms": ["Snake"]}}


def test_galaxies_become_objects_once() -> None:
    """A cluster that event and attributes repeat is one object; indicators indicate it."""
    galaxy = [{"type": "threat-actor", "GalaxyCluster": [CLUSTER]}]
    attribute = {"type": "domain", "value": "a.example", "to_ids": True, "Galaxy": galaxy}
    results = convert([event(attribute, {**attribute, "value": "b.example"}, Galaxy=galaxy)])
    hold_to_the_rules(results)
    actor = by_type(results, "threat-actor")[0]
    assert len(by_type(results, "threat-actor")) == 1
    assert actor["aliases"] == ["Snake"]
    assert actor["external_references"][0]["external_id"] == UUID.format(9)
    links = Counter(made["relationship_type"] for made in by_type(results, "relationship"))
    assert links == {"based-on": 2, "indicates": 2}


def test_public_galaxy_is_read_by_itself() -> None:
    """A galaxy's public list of clusters gives an object for each."""
    results = convert((HERE / "stealer.json").read_bytes(), as_of=AS_OF)
    hold_to_the_rules(results)
    assert len(by_type(results, "malware")) == len(json.loads((HERE / "stealer.json").read_bytes())["values"])


def test_object_is_one_thing() -> None:
    """The hashes, name and size of a file object are one file and one indicator; its other fields are carried."""
    parts = [
        {"type": "md5", "object_relation": "md5", "value": "A" * 32, "to_ids": True},
        {"type": "filename", "object_relation": "filename", "value": "a.exe", "to_ids": True},
        {"type": "size-in-bytes", "object_relation": "size-in-bytes", "value": "12"},
        {"type": "float", "object_relation": "entropy", "value": "7.5", "comment": "high"},
    ]
    results = convert(event(Object=[{"name": "file", "uuid": UUID.format(7), "Attribute": parts}]))
    hold_to_the_rules(results)
    made = by_type(results, "file")[0]
    assert (made["hashes"], made["name"], made["size"]) == ({"MD5": "a" * 32}, "a.exe", 12)
    indicator = by_type(results, "indicator")[0]
    assert indicator["id"] == f"indicator--{UUID.format(7)}"
    assert indicator["pattern"] == f"[file:hashes.MD5 = '{'a' * 32}' AND file:name = 'a.exe']"
    assert {"7.5", "high"} <= set(texts(indicator["extensions"]))


def test_what_an_earlier_observable_did_not_say_is_kept() -> None:
    """Two files of one id that say different things: what the second says beside is carried by its own object."""
    first = [{"type": "md5", "object_relation": "md5", "value": "a" * 32}]
    second = [*first, {"type": "sha1", "object_relation": "sha1", "value": "b" * 40}]
    results = convert(event(Object=[{"name": "file", "Attribute": first}, {"name": "file", "Attribute": second}]))
    hold_to_the_rules(results)
    assert len(by_type(results, "file")) == 1
    assert "b" * 40 in texts(by_type(results, "observed-data")[1])


def test_one_uuid_of_two_types() -> None:
    """A file and a mutex of one name have one UUID, and both leave."""
    results = convert(event(("filename", "Global"), ("mutex", "Global")))
    hold_to_the_rules(results)
    assert len(by_type(results, "file")) == len(by_type(results, "mutex")) == 1


def test_an_object_costs_by_its_length() -> None:
    """Thousands of names and addresses in one object are not paired: nothing grows by the square."""
    parts = [
        {"type": "domain", "object_relation": "domain", "value": f"h{n}.example", "to_ids": True} for n in range(2_000)
    ]
    parts += [{"type": "ip-dst", "object_relation": "ip", "value": f"10.0.{n // 250}.{n % 250}"} for n in range(2_000)]
    results = convert(event(Object=[{"name": "domain-ip", "Attribute": parts}]))
    assert len(by_type(results, "domain-name")) == len(by_type(results, "ipv4-addr")) == 2_000
    assert len(objects(results)) < 9_000
    assert len(by_type(results, "indicator")) == 20  # of a hundred terms each
    hold_to_the_rules(results)


def test_references_between_objects() -> None:
    """An object's reference is a relationship; one to what is not in the event is told and becomes a note."""
    url = {"type": "url", "object_relation": "url", "value": "http://a.example/"}
    refer = [
        {"referenced_uuid": UUID.format(2), "relationship_type": "Downloaded from"},
        {"referenced_uuid": UUID.format(66), "relationship_type": "drops"},
    ]
    both = [
        {"name": "url", "uuid": UUID.format(1), "Attribute": [url], "ObjectReference": refer},
        {"name": "thing", "uuid": UUID.format(2), "Attribute": [{"type": "text", "value": "x"}]},
    ]
    results = convert(event(Object=both))
    hold_to_the_rules(results)
    assert [made["relationship_type"] for made in by_type(results, "relationship")] == ["downloaded-from"]
    assert codes(results) == ["reference"]


ONE = event(("domain", "a.example"))["Event"]


@pytest.mark.parametrize(
    "document",
    [
        ONE,
        {"Event": ONE},
        {"response": [{"Event": ONE}]},
        [{"Event": ONE}],
        [[{"Event": ONE}], []],
        {"response": [ONE]},
    ],
)
def test_every_frame(document: Any) -> None:
    """Event, bare event, answer to a search, list and list of lists give the same objects."""
    assert objects(convert(document)) == objects(convert(ONE))
    assert scores(json.dumps(document).encode(), "x.json")[0][0] == "misp"


def test_search_for_attributes() -> None:
    """An answer to a search for attributes has no event: their own times count, and there is no report."""
    raw = {"type": "domain", "value": "a.example", "category": "Other", "timestamp": "1767500000"}
    results = convert({"response": {"Attribute": [raw, {**raw, "type": "text", "value": "word"}]}})
    hold_to_the_rules(results)
    assert not by_type(results, "report") + by_type(results, "grouping")
    assert by_type(results, "note")[0]["created"] == "2026-01-04T04:13:20.000Z"


def test_no_date_is_never_now() -> None:
    """An event without any date is rejected and told so, unless --as-of says one."""
    bare = {"Event": {"info": "x", "Attribute": [{"type": "domain", "value": "a.example"}]}}
    assert codes(convert(bare)) == ["no-date"]
    assert by_type(convert(bare, as_of=AS_OF), "grouping")[0]["created"] == "2026-11-23T00:00:00.000Z"


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (b'{"Event": {\n  "info": "x",\n}}', "line 3, column 1: .*comma"),
        (b'{"Event": {"Attribute": [{"type": "md5"},]}}', "line 1, column 42: .*comma"),
        (b'{"Event": {"info": "x"', "line 1"),
        (b"[]", "no MISP event"),
        (b'{"response": []}', "no MISP event"),
        (b"[[[[[[[[[[[{}]]]]]]]]]]]", "lists around"),
        (b'{"Event": {"info": "\xff"}}', "UTF-8"),
    ],
)
def test_broken_document_says_where(document: bytes, says: str) -> None:
    """A trailing comma, a document that breaks off or has no event is refused with its place and reason."""
    with pytest.raises(ConversionError, match=says):
        convert(document)


def test_second_run_gives_the_same() -> None:
    """Two runs over one file give equal results."""
    raw = (HERE / "telebots.json").read_bytes()
    assert convert(raw) == convert(raw)


TYPES = [
    *("ip-dst", "domain", "url", "md5", "filename|sha1", "domain|ip", "ip-dst|port", "regkey|value", "mac-address"),
    *("AS", "email-src", "email-subject", "malware-sample", "yara", "vulnerability", "link", "text", "btc", "port"),
    *("x509-fingerprint-sha1", "github-username", "ssdeep", "user-agent", "campaign-name", "never-heard-of"),
]
WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12) | st.sampled_from(
    [
        *("a.example", "1.2.3.4|80", "a.example|1.2.3.4", "HKLM\\x\\|y'", "http://a.example/'\\", "a" * 32),
        *(f"x.exe|{'b' * 40}", "AS64496", "00-11-22-33-44-55", "CVE-2026-1", "a@a.example", "::1"),
    ]
)
MEMBER = st.sampled_from(
    ["filename", "md5", "ip", "ip-src", "dst-port", "from", "to", "subject", "key", "data", "name"]
)
ATTRIBUTES = st.lists(
    st.fixed_dictionaries(
        {"type": st.sampled_from(TYPES), "value": WORDS, "to_ids": st.booleans(), "object_relation": MEMBER},
        optional={"comment": WORDS, "first_seen": st.sampled_from(["2026-01-01T00:00:00Z", "soon"])},
    ),
    max_size=6,
)
TEMPLATES = ["file", "email", "domain-ip", "network-connection", "registry-key", "user-account", "x509", "pe", "odd"]


@settings(max_examples=100, deadline=None)
@given(attributes=ATTRIBUTES, parts=ATTRIBUTES, template=st.sampled_from(TEMPLATES))
def test_any_values_are_kept_and_valid(
    attributes: list[dict[str, Any]], parts: list[dict[str, Any]], template: str
) -> None:
    """Whatever values attributes have, each has one outcome, nothing is lost, and what is built is valid."""
    results = convert(event(*attributes, Object=[{"name": template, "Attribute": parts}]))
    hold_to_the_rules(results)
    outcomes = Counter(each.outcome for each in results)
    assert sum(outcomes[each] for each in (Outcome.CONVERTED, Outcome.REJECTED)) == len(attributes + parts) + 1
    # Normal forms: small letters, colons between the pairs of a MAC address, full names of hives.
    said = "\n".join(texts(objects(results))).lower().replace("-", ":")
    for each in attributes + parts:
        if each["value"].strip():
            words = [each.get("comment", ""), *each["value"].split("|")]
            words = [word.strip().lower().replace("-", ":") for word in words]
            words = [word.removeprefix("hklm").removeprefix("as").rstrip("\\") for word in words]
            assert [word for word in words if word not in said] == []
