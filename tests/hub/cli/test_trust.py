"""hub push and hub pull over TLS: whom they believe that he is the server."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from hub.cli import main
from tests.certificates import loopback_certificate
from tests.processes import free_port, hub, serving

pytestmark = pytest.mark.enable_socket

COLLECTION = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
COMMUNITY = f"""
partner = [{{name = "bank-a", kind = "member"}}]
account = [{{name = "a-push", partner = "bank-a", kind = "service", roles = ["contributor", "reader"]}}]

[[collection]]
id = "{COLLECTION}"
title = "Fast"
intake = "trusted"
read = ["bank-a"]
write = ["bank-a"]
"""
BUNDLE = {
    "type": "bundle",
    "id": "bundle--2d086da7-4bdc-4f91-900e-d77486753710",
    "objects": [
        {
            "type": "tool",
            "spec_version": "2.1",
            "id": "tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
            "created": "2026-11-02T09:30:00.000Z",
            "modified": "2026-11-02T09:30:00.000Z",
            "name": "a tool",
            "object_marking_refs": [GREEN],
        }
    ],
}


def run(token, *words, code, **environment):
    """Run one command with a token; its exit code must be the one given. Give all it said."""
    done = CliRunner().invoke(main, words, env={"HUB_PULL_TOKEN": token, "HUB_PUSH_TOKEN": token, **environment})
    assert done.exit_code == code, done.output
    return done.output


def test_a_server_is_believed_by_the_authorities_that_are_named(tmp_path):
    """By --ca-file or HUB_CA_FILE, whatever else the environment trusts; without, nothing is sent or written."""
    cert, key = loopback_certificate(tmp_path)
    (tmp_path / "others").mkdir()
    other, _ = loopback_certificate(tmp_path / "others")
    data, port = tmp_path / "hub", free_port()
    (tmp_path / "community.toml").write_text(COMMUNITY)
    hub(data, "init")
    hub(data, "community", "apply", str(tmp_path / "community.toml"))
    token = hub(data, "token", "issue", "a-push")[0]["token"]
    bundle, out = tmp_path / "bundle.json", tmp_path / "feed.jsonl"
    bundle.write_text(json.dumps(BUNDLE))
    url = f"https://127.0.0.1:{port}/api/collections/{COLLECTION}/"
    push = ("push", str(bundle), "--to", url, "--retries", "0")
    pull = ("pull", "--from", url, "--out", str(out), "--retries", "0")
    with serving(data, port, "serve", "--tls-cert", str(cert), "--tls-key", str(key)):
        for words, environment in (
            (push, {}),
            (push, {"HUB_CA_FILE": str(other)}),
            ((*push, "--ca-file", str(other)), {"HUB_CA_FILE": str(cert)}),
        ):
            said = run(token, *words, code=1, **environment)
            assert "no safe connection" in said
            assert "certificate verify failed" in said
        run(token, *push, "--ca-file", str(cert), code=0, REQUESTS_CA_BUNDLE=str(other))
        run(token, *pull, code=0, HUB_CA_FILE=str(cert))
    assert [json.loads(line) for line in out.read_text().splitlines()] == BUNDLE["objects"]


@pytest.mark.parametrize("content", [None, "", "-----BEGIN CERTIFICATE-----\nnone\n"])
def test_a_file_that_holds_no_authority_is_said_before_anybody_is_asked(tmp_path, content):
    """Missing, empty or damaged: its name is said, and no connection is tried."""
    file = tmp_path / "authorities.pem"
    if content is not None:
        file.write_text(content)
    url = f"https://127.0.0.1:{free_port()}/api/collections/{COLLECTION}/"
    said = run("x", "pull", "--from", url, "--out", str(tmp_path / "out"), "--ca-file", str(file), code=1)
    assert "authorities.pem: no certificates in PEM" in said
