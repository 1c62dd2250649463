"""hub push and hub pull, through the command's own door: with this hub, with medallion, and with servers gone bad."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hub.cli import main
from tests.bench.servers import other_server
from tests.hub.services.peer import COLLECTION, STATUS, Answer, page, peer
from tests.processes import HUB, free_port, hub, serving

pytestmark = pytest.mark.enable_socket

GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
COMMUNITY = f"""
partner = [{{name = "bank-a", kind = "member"}}, {{name = "police-x", kind = "member"}}]
account = [
    {{name = "a-push", partner = "bank-a", kind = "service", roles = ["contributor", "reader"]}},
    {{name = "x-pull", partner = "police-x", kind = "service", roles = ["reader"]}},
]

[[collection]]
id = "{COLLECTION}"
title = "Fast"
alias = "fast"
intake = "trusted"
read = ["police-x", "bank-a"]
write = ["bank-a"]
"""
SHEET = "host,seen\none.shop-front.example,2026-11-02\nnot a host,2026-11-03\n"
MAPPING = """
columns:
  host: {kind: indicator, detect: [domain]}
  seen: {kind: valid_from, formats: ["%Y-%m-%d"]}
"""


def indicators(count, first=0):
    """Make indicators for everybody in the community."""
    return [
        {
            "type": "indicator",
            "spec_version": "2.1",
            "id": f"indicator--{number:08}-0000-4000-8000-000000000000",
            "created": "2026-11-02T09:30:00.000Z",
            "modified": "2026-11-02T09:30:00.000Z",
            "pattern": f"[domain-name:value = 'shop-{number}.example']",
            "pattern_type": "stix",
            "valid_from": "2026-11-02T09:30:00Z",
            "object_marking_refs": [GREEN],
        }
        for number in range(first, first + count)
    ]


class Terminal:
    """Runs `hub` as somebody who has a token in the environment, or none."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url
        self._environment = {"HUB_PULL_TOKEN": token, "HUB_PUSH_TOKEN": token}

    def run(self, *words: str, code: int = 0) -> Result:
        """Run one command; its exit code must be the one given."""
        result = CliRunner().invoke(main, words, env=self._environment)
        assert result.exit_code == code, result.output
        return result

    def pull(self, out: Path, *words: str, code: int = 0) -> Result:
        """Pull into a file."""
        return self.run("--json", "pull", "--from", self.url, "--out", str(out), *words, code=code)

    def push(self, file: Path, *words: str, code: int = 0) -> Result:
        """Push a file."""
        return self.run("--json", "push", str(file), "--to", self.url, *words, code=code)


def last(result: Result) -> Any:
    """Read the summary, which is the last line."""
    return json.loads(result.stdout.splitlines()[-1])


def written(path: Path, objects: list[dict[str, Any]]) -> Path:
    """Write objects as a bundle."""
    path.write_text(json.dumps({"type": "bundle", "id": f"bundle--{STATUS}", "objects": objects}))
    return path


def lines(out: Path) -> list[Any]:
    """Read JSON lines."""
    return [json.loads(line) for line in out.read_text().splitlines()]


def test_files_go_to_this_hub_and_come_out_of_it(tmp_path):
    """A bundle in several envelopes and a sheet are pushed; a partner pulls both, then only what is newer."""
    data, port = tmp_path / "hub", free_port()
    (tmp_path / "community.toml").write_text(COMMUNITY)
    hub(data, "init")
    hub(data, "community", "apply", str(tmp_path / "community.toml"))
    tokens = {name: hub(data, "token", "issue", name)[0]["token"] for name in ("a-push", "x-pull")}
    (tmp_path / "hosts.csv").write_text(SHEET)
    (tmp_path / "hosts.yaml").write_text(MAPPING)
    bundle = written(tmp_path / "bundle.json", [*indicators(7), {**indicators(1, 7)[0], "pattern": 1}])
    root = f"http://127.0.0.1:{port}/api/collections"
    with serving(data, port, "serve", "--workers", "2"):
        company = Terminal(f"{root}/{COLLECTION}/", tokens["a-push"])
        pushed = company.push(bundle, "--user", "a-push", "--envelope-objects", "3", code=3)
        assert last(pushed) | {"to": ""} == {
            "file": str(bundle),
            "to": "",
            "envelopes": 3,
            "acknowledged_before": 0,
            "success_count": 7,
            "failure_count": 1,
            "pending_count": 0,
            "lost_in_conversion": 0,
        }
        assert [each["id"] for each in json.loads(pushed.stdout.splitlines()[2])["failures"]] == [
            indicators(1, 7)[0]["id"]
        ]

        police, out = Terminal(f"{root}/fast/", tokens["x-pull"]), tmp_path / "feed.jsonl"
        assert last(police.pull(out, "--limit", "2"))["pages"] == 4
        assert lines(out) == indicators(7)

        words = ("--map", str(tmp_path / "hosts.yaml"), "--producer", "Bank A", "--tlp", "green")
        assert last(company.push(tmp_path / "hosts.csv", *words, code=3))["lost_in_conversion"] == 1
        only = tmp_path / "only.json"
        police.pull(only, "--match", "type=indicator,file", "--match", "version=all", "--added-after", "2026-11-01")
        assert last(police.pull(out)) | {"last_added": ""} == {
            "from": police.url,
            "out": str(out),
            "objects": len(lines(out)) - 7,
            "total": len(lines(out)),
            "pages": 1,
            "last_added": "",
        }
        assert len(json.loads(only.read_text())["objects"]) >= 8
        assert "does not allow writing" in police.push(bundle, code=4).stderr
        assert "401" in Terminal(police.url, "wrong").pull(tmp_path / "none", code=1).stderr
    assert sorted(each.name for each in tmp_path.glob("*.pushed-*")) == []


def test_files_go_to_medallion_and_come_out_of_it(tmp_path):
    """Medallion 3.0.0 as it comes: its pages, its statuses, and its cursors that end with its process."""
    token, data = "invented-for-the-test", tmp_path / "data.json"
    about = {"title": "Peer", "versions": ["application/taxii+json;version=2.1"], "max_content_length": 2_000}
    collection = {
        "id": COLLECTION,
        "title": "Peer",
        "can_read": True,
        "can_write": True,
        "media_types": ["application/stix+json;version=2.1"],
        "objects": [],
        "manifest": [],
    }
    discovery = {"title": "Peer", "default": "/api/", "api_roots": ["/api/"]}
    root = {"information": about, "status": [], "collections": [collection]}
    data.write_text(json.dumps({"/discovery": discovery, "api": root}))
    memory = {"module": "medallion.backends.memory_backend", "module_class": "MemoryBackend", "filename": str(data)}
    config = tmp_path / "medallion.json"
    config.write_text(json.dumps({"backend": memory, "users": {"user": token}, "taxii": {"max_page_size": 4}}))
    bundle, out = written(tmp_path / "bundle.json", indicators(10)), tmp_path / "feed.jsonl"

    with other_server("peer", config, 1) as server:
        terminal = Terminal(f"http://127.0.0.1:{server.port}/api/collections/{COLLECTION}/", token)
        pushed = last(terminal.push(bundle, "--user", "user"))
        assert (pushed["success_count"], pushed["failure_count"], pushed["envelopes"] > 1) == (10, 0, True)
        pulled = last(terminal.pull(out, "--user", "user", "--limit", "3"))
        assert (pulled["objects"], pulled["pages"]) == (10, 4)
        terminal.push(written(bundle, indicators(5, 10)), "--user", "user")
        assert last(terminal.pull(out, "--user", "user", "--limit", "3"))["objects"] == 5
        assert lines(out) == indicators(15)


def test_a_pull_that_is_killed_goes_on(tmp_path):
    """Killed at every page, by the server itself while it is asked: in the end every object is there once."""
    objects, out = indicators(8), tmp_path / "feed.jsonl"
    with peer() as server:
        killed: list[int] = []
        running: list[subprocess.Popen[bytes]] = []

        def answer(asked):
            start = int(asked.query.get("next", "0"))
            if start not in killed:
                killed.append(start)
                os.kill(running[-1].pid, signal.SIGKILL)
            more = {"more": True, "next": str(start + 2)} if start + 2 < len(objects) else {}
            return page(objects[start : start + 2], last=f"2026-11-02T09:30:0{start}Z", **more)

        server.objects = answer
        codes = []
        while not codes or codes[-1]:
            running.append(
                subprocess.Popen([HUB, "pull", "--from", server.url, "--out", str(out)], stdout=subprocess.DEVNULL)
            )
            codes.append(running[-1].wait(60))
    assert codes == [-signal.SIGKILL] * 4 + [0]
    assert lines(out) == objects


def test_what_a_server_refuses_is_said_object_by_object(tmp_path):
    """Failures have the server's words, for people on stderr; an object beyond every envelope is named too."""
    bundle = written(tmp_path / "bundle.json", [*indicators(2), {**indicators(1, 2)[0], "name": "x" * 3_000}])
    failure = {"id": indicators(1)[0]["id"], "version": "v", "message": "not \x1b[31mhere"}
    status = {
        "id": STATUS,
        "status": "complete",
        "total_count": 2,
        "success_count": 1,
        "failure_count": 1,
        "pending_count": 0,
        "failures": [failure],
    }
    with peer() as server:
        server.largest = 2_000
        server.objects = lambda _: Answer(json.dumps(status).encode(), 202)
        result = Terminal(server.url).run("push", str(bundle), "--to", server.url, code=3)
    assert f"refused {failure['id']} v: not \\x1b[31mhere" in result.stderr
    assert "larger than any envelope" in result.stderr
    assert "1 objects taken, 2 refused" in result.stdout


def test_a_broken_push_goes_on_with_what_was_not_acknowledged(tmp_path):
    """Receipts stand beside the file, for its owner alone, until all of it is on the server."""
    bundle = written(tmp_path / "bundle.json", indicators(6))
    posted: list[str] = []

    def answer(asked):
        objects = json.loads(asked.body)["objects"]
        if len(posted) == 2:
            posted.append("broken")
            return Answer(b"{}", 413)
        posted.append(objects[0]["id"])
        counts = {"total_count": 2, "success_count": 2, "failure_count": 0, "pending_count": 0}
        return Answer(json.dumps({"id": STATUS, "status": "complete", **counts}).encode(), 202)

    with peer() as server:
        server.objects = answer
        terminal = Terminal(server.url)
        assert "413" in terminal.push(bundle, "--envelope-objects", "2", code=1).stderr
        (receipts,) = tmp_path.glob("bundle.json.pushed-*")
        assert receipts.stat().st_mode & 0o077 == 0
        again = last(terminal.push(bundle, "--envelope-objects", "2"))
    assert (again["acknowledged_before"], again["success_count"]) == (2, 6)
    assert posted == [indicators(1)[0]["id"], indicators(1, 2)[0]["id"], "broken", indicators(1, 4)[0]["id"]]
    assert list(tmp_path.iterdir()) == [bundle]


def test_a_token_comes_from_the_environment_a_file_or_a_prompt_alone(tmp_path):
    """Never as an argument, nor in an address, nor from a file that others can read; --user alone is not enough."""
    token, out = tmp_path / "token", tmp_path / "feed.jsonl"
    token.write_text("secret\n")
    with peer() as server:
        terminal = Terminal(server.url)
        token.chmod(0o640)
        assert "chmod 600" in terminal.pull(out, "--user", "x", "--token-file", str(token), code=1).stderr
        token.chmod(0o600)
        terminal.pull(out, "--token-file", str(token))
        assert server.requests[-1].headers["Authorization"] == "Bearer secret"
        assert "HUB_PULL_TOKEN" in terminal.pull(out, "--user", "x", code=2).stderr
        inside = Terminal(server.url.replace("://", "://x:secret@")).pull(out, code=1).stderr
    assert "never stand in an address" in inside
    assert "secret" not in inside


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--added-after", "yesterday"), "--added-after"),
        (("--match", "colour=red"), "--match"),
        (("--match", "type="), "--match"),
        (("--limit", "0"), "--limit"),
    ],
)
def test_wrong_usage_of_pull_is_said(tmp_path, words, says):
    """What can't be meant is exit code 2, before anybody is asked."""
    assert says in Terminal("https://taxii.example/x/").pull(tmp_path / "out", *words, code=2).stderr


def test_plain_http_beyond_this_machine_wants_a_word(tmp_path):
    """Refused with its reason, and nothing is asked or written."""
    assert "plain HTTP" in Terminal("http://taxii.example/x/").pull(tmp_path / "out", code=1).stderr
    assert list(tmp_path.iterdir()) == []


def test_a_sheet_needs_a_producer(tmp_path):
    """What is made here is made in somebody's name; without one nothing is sent."""
    (tmp_path / "hosts.csv").write_text(SHEET)
    (tmp_path / "hosts.yaml").write_text(MAPPING)
    with peer() as server:
        result = Terminal(server.url).push(tmp_path / "hosts.csv", "--map", str(tmp_path / "hosts.yaml"), code=2)
        assert {asked.method for asked in server.requests} == {"GET"}
    assert "--producer" in result.stderr
