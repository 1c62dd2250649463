"""The main job, end to end: real processes, a real TAXII client, two workers, one data folder."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from itertools import zip_longest
from uuid import UUID, uuid5

import pytest
from taxii2client.v21 import Collection, as_pages

from tests.processes import free_port, hub, serving

GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
AMBER = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
FRAUD = "marking-definition--765f506c-236a-4c6f-acac-6ae253eb0eca"
MULES = "marking-definition--0c5f2a0e-7d1b-4a53-9a55-3e6b1c0f7a42"
PARCELS = "marking-definition--5d6b0f0e-33a3-4b7c-8d11-2f9b8a7c6e54"
VETTED = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
FAST = "5b1d0c3e-2f64-4e0a-8c39-7a9e4d1f6b25"

COMMUNITY = f"""
partner = [
    {{name = "secretariat", kind = "member"}},
    {{name = "bank-a", kind = "member"}},
    {{name = "telco-b", kind = "member"}},
    {{name = "police-x", kind = "member"}},
    {{name = "police-y", kind = "member"}},
]
account = [
    {{name = "s-sue", partner = "secretariat", kind = "person", roles = ["secretariat"]}},
    {{name = "a-push", partner = "bank-a", kind = "service", roles = ["contributor"]}},
    {{name = "b-push", partner = "telco-b", kind = "service", roles = ["contributor"]}},
    {{name = "x-pull", partner = "police-x", kind = "service", roles = ["reader"]}},
    {{name = "y-pull", partner = "police-y", kind = "service", roles = ["reader"]}},
]
group = [
    {{name = "g-fraud", marking = "{FRAUD}", members = ["bank-a", "telco-b", "police-x"]}},
    {{name = "g-mules", marking = "{MULES}", members = ["bank-a", "police-y"]}},
    {{name = "g-parcels", marking = "{PARCELS}", members = ["bank-a", "police-x"]}},
]

[[collection]]
id = "{VETTED}"
title = "Vetted"
default_tlp = "amber"
default_group = "g-fraud"
read = ["police-x", "police-y"]
write = ["bank-a", "telco-b"]

[[collection]]
id = "{FAST}"
title = "Fast"
intake = "trusted"
read = ["police-x", "police-y"]
write = ["bank-a", "telco-b"]
"""

SHEET = """host,seen
one.shop-front.example,2026-11-02
two.shop-front.example,2026-11-03
not a host,2026-11-04
three.shop-front.example,2026-11-05
"""
MAPPING = """
columns:
  host: {kind: indicator, detect: [domain]}
  seen: {kind: valid_from, formats: ["%Y-%m-%d"]}
"""


def indicator(name, *markings):
    """Make an indicator whose id follows from its name."""
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": _id("indicator", name),
        "created": "2026-11-02T09:30:00.000Z",
        "modified": "2026-11-02T09:30:00.000Z",
        "name": name,
        "pattern": f"[domain-name:value = '{name}.example']",
        "pattern_type": "stix",
        "valid_from": "2026-11-02T09:30:00Z",
        **({"object_marking_refs": list(markings)} if markings else {}),
    }


def related(name, source, target, *markings):
    """Make a relationship of two objects."""
    return {
        "type": "relationship",
        "spec_version": "2.1",
        "id": _id("relationship", name),
        "created": "2026-11-02T09:30:00.000Z",
        "modified": "2026-11-02T09:30:00.000Z",
        "relationship_type": "related-to",
        "source_ref": source["id"],
        "target_ref": target["id"],
        "object_marking_refs": list(markings),
    }


def _id(type_, name):
    return f"{type_}--{uuid5(UUID(VETTED), name)}"


def ids(objects):
    """Give the ids of objects as a set."""
    return {each["id"] for each in objects}


class Partner:
    """One account and its TAXII client; keeps what it got and the last date a page told."""

    def __init__(self, url, account, token):
        self.collection = Collection(url, user=account, password=token)
        self.collection._conn.session.hooks["response"].append(self._note)
        self.got = Counter()
        self.last = None

    def close(self):
        """Let go of the connection."""
        self.collection.close()

    def pages(self, **filters):
        """Pull to the end in pages of 3; each page but the last is full."""
        for page in as_pages(self.collection.get_objects, per_request=3, **filters):
            objects = page.get("objects", [])
            assert len(objects) == 3 or not page.get("more")
            self.got.update(each["id"] for each in objects)
            yield objects

    def poll(self):
        """Ask for what came after the last date, at first for everything; give it."""
        filters = {"added_after": self.last} if self.last else {}
        return [each for page in self.pages(**filters) for each in page]

    def _note(self, response, **_):
        self.last = response.headers.get("X-TAXII-Date-Added-Last", self.last)


class World:
    """A served hub with its community, and the acts of a test on it."""

    def __init__(self, data, port, tokens, stack):
        self.data = data
        self._port = port
        self._tokens = tokens
        self._stack = stack

    def partner(self, account, collection=VETTED):
        """Give a new client of an account."""
        url = f"http://127.0.0.1:{self._port}/api/collections/{collection}/"
        return self._stack.enter_context(closing(Partner(url, account, self._tokens[account])))

    def push(self, account, objects, collection=VETTED):
        """Push an envelope over TAXII; give its status."""
        return self.partner(account, collection).collection.add_objects({"objects": objects})

    def release(self):
        """Let out everything that waits, as the secretariat."""
        for each in hub(self.data, "review", "list", "--as", "s-sue"):
            hub(self.data, "review", "release", each["submission"], "--as", "s-sue")


@pytest.fixture
def world(tmp_path):
    """Make a hub with its community and serve it with two workers."""
    data, port = tmp_path / "hub", free_port()
    community = tmp_path / "community.toml"
    community.write_text(COMMUNITY)
    hub(data, "init")
    hub(data, "community", "apply", str(community))
    accounts = ("a-push", "b-push", "x-pull", "y-pull")
    tokens = {name: hub(data, "token", "issue", name)[0]["token"] for name in accounts}
    with serving(data, port, "serve", "--workers", "2"), ExitStack() as stack:
        yield World(data, port, tokens, stack)


def test_two_partners_pull_exactly_what_the_rules_give_while_everything_changes(world, tmp_path):
    """Pushed, released, granted in the middle of a pull: nothing is missing, nothing comes twice."""
    for_both = [indicator(f"green-{n}", GREEN) for n in range(5)]
    for_fraud = [
        indicator(f"fraud-{n}") for n in range(4)
    ]  # unmarked: AMBER for the collection's group (S10)
    for_mules = [indicator(f"mules-{n}", AMBER, MULES) for n in range(4)]
    for_parcels = [indicator(f"parcels-{n}", AMBER, PARCELS) for n in range(4)]
    names_parcels = related(
        "names-parcels", for_both[0], for_parcels[0], GREEN
    )  # hidden with what it names (S11)
    status = world.push("a-push", [*for_both, names_parcels, *for_mules, *for_parcels])
    assert (status.status, status.success_count, status.failure_count) == ("complete", 14, 0)
    assert world.push("a-push", for_fraud).success_count == 4

    sheet, mapping = tmp_path / "hosts.csv", tmp_path / "hosts.yaml"
    sheet.write_text(SHEET)
    mapping.write_text(MAPPING)
    words = ("--map", str(mapping), "--tlp", "amber", "--collection", "Vetted", "--as", "b-push")
    (converted,) = hub(world.data, "submit", str(sheet), *words, code=3)  # one row is no host
    for_fraud += converted["successes"]

    x, y = world.partner("x-pull"), world.partner("y-pull")
    assert [*x.pages(), *y.pages()] == [[], []]  # nothing is released yet
    world.release()

    later = [indicator(f"later-{n}", GREEN) for n in range(2)]
    last = [indicator(f"last-{n}", AMBER, FRAUD) for n in range(2)]
    acts = iter(
        (
            lambda: world.push("a-push", later),
            world.release,
            lambda: hub(world.data, "group", "join", "g-fraud", "police-y"),
            lambda: world.push("b-push", last),
            world.release,
        )
    )
    for _ in zip_longest(x.pages(), y.pages()):
        next(acts, lambda: None)()
    assert next(acts, None) is None, "a pull so short that not everything changed beside it"
    x.poll()
    y.poll()
    shared = ids([*for_both, *later, *for_fraud, *last])
    assert set(x.got) == shared | ids([*for_parcels, names_parcels])
    assert set(y.got) == shared | ids(for_mules)
    assert set(x.got.values()) == set(y.got.values()) == {1}

    hub(world.data, "group", "join", "g-parcels", "police-y")
    assert ids(y.poll()) == ids([*for_parcels, names_parcels])  # old ones, after the last date he knew
    assert set(y.got.values()) == {1}
    assert [x.poll(), y.poll()] == [[], []]


def test_a_pull_runs_beside_pushes_and_misses_none(world):
    """Two companies push by threads while two partners poll: in the end each has every object once."""
    envelopes = [
        (account, [indicator(f"{account}-{n}-{k}", GREEN) for k in range(4)])
        for n in range(20)
        for account in ("a-push", "b-push")
    ]
    partners = [world.partner(account, FAST) for account in ("x-pull", "y-pull")]
    for partner in partners:
        assert partner.poll() == []
    with ThreadPoolExecutor(2) as pool:
        pushes = [pool.submit(world.push, account, objects, FAST) for account, objects in envelopes]
        while not all(push.done() for push in pushes):
            for partner in partners:
                partner.poll()
    assert [push.result().success_count for push in pushes] == [4] * len(envelopes)
    expected = Counter(each["id"] for _, objects in envelopes for each in objects)
    for partner in partners:
        partner.poll()
        assert partner.got == expected


def test_what_is_pushed_comes_out_byte_for_byte(world):
    """A page is a join of the bytes that were pushed: key order, numbers and escapes included (S9)."""
    pushed = indicator("bytes", GREEN) | {"description": "caf\\u00e9", "x_weight": 1}
    text = json.dumps({"objects": [pushed]}).replace('"x_weight": 1', '"x_weight":   1.50e0')
    world.partner("a-push", FAST).collection.add_objects(text)
    reader = world.partner("x-pull", FAST).collection
    answer = reader._conn.session.get(
        reader.objects_url, headers={"Accept": "application/taxii+json;version=2.1"}
    )
    assert text.removeprefix('{"objects": [').removesuffix("]}") in answer.text
