"""A server as those who watch it see it: numbers for Prometheus, JSON lines on stderr, TLS, and no name in any."""

from __future__ import annotations

import json
import ssl
import subprocess
from contextlib import closing
from http.client import HTTPConnection, HTTPSConnection

import pytest

from hub.application import create_hub
from hub.settings import CONFIG_NAME, Settings
from tests.processes import free_port, run, serving

pytestmark = pytest.mark.enable_socket
HIDDEN = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
SECRET = "hub_a-secret-of-somebody"


@pytest.fixture
def data(tmp_path):
    """Make an empty hub."""
    create_hub(Settings(data=tmp_path / "hub")).close()
    return tmp_path / "hub"


def get(connection: HTTPConnection, path: str, **headers: str) -> tuple[int, str]:
    """Ask once; give status and text."""
    with closing(connection):
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def test_requests_are_counted_and_logged_without_names(data):
    """Both workers' numbers add up; neither numbers nor lines hold a path, a query, a credential."""
    port, metrics = free_port(), free_port()
    (data / CONFIG_NAME).write_text('log_level = "info"\n')
    with serving(data, port, "serve", "--workers", "2", "--metrics-port", str(metrics)) as log:
        for _ in range(20):
            path = f"/api/collections/{HIDDEN}/objects/?match[id]=indicator--x"
            status, _ = get(HTTPConnection("127.0.0.1", port), path, Authorization=f"Bearer {SECRET}")
            assert status == 401
        status, numbers = get(HTTPConnection("127.0.0.1", metrics), "/metrics")
    assert status == 200
    assert 'hub_requests_total{endpoint="objects.get_or_add_objects",method="GET",status="401"} 20.0' in numbers
    assert "hub_disk_free_bytes" in numbers
    assert "hub_store_bytes" in numbers
    text = log.read_text()
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    requests = [line for line in lines if line["event"] == "request"]
    assert len(requests) == 20
    assert {(each["status"], each["method"], each["account"]) for each in requests} == {(401, "GET", "")}
    for hidden in (HIDDEN, "indicator--x", "match", SECRET):
        assert hidden not in numbers + text


@pytest.fixture
def certificate(tmp_path):
    """Make a certificate for the loopback and its key."""
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    new = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    subprocess.run([*new, *subject, "-keyout", key, "-out", cert], check=True, capture_output=True)
    key.chmod(0o600)
    return cert, key


def test_it_speaks_tls_by_itself(data, certificate):
    """With a certificate and its key, in TLS 1.2 or later, and in nothing else."""
    cert, key = certificate
    port = free_port()
    with serving(data, port, "serve", "--tls-cert", str(cert), "--tls-key", str(key)):
        trusting = ssl.create_default_context(cafile=str(cert))
        assert get(HTTPSConnection("127.0.0.1", port, context=trusting), "/readyz") == (200, "")
        trusting.maximum_version = ssl.TLSVersion.TLSv1_2
        assert get(HTTPSConnection("127.0.0.1", port, context=trusting), "/healthz") == (200, "")


@pytest.mark.parametrize("wrong", ["half", "swapped", "open", "missing"])
def test_a_certificate_that_cannot_be_used_is_said(data, certificate, wrong):
    """Before a worker begins: half of it, the wrong way round, a key for everybody, no file."""
    cert, key = map(str, certificate)
    if wrong == "open":
        certificate[1].chmod(0o644)
    words = {
        "half": ("--tls-cert", cert),
        "swapped": ("--tls-cert", key, "--tls-key", cert),
        "open": ("--tls-cert", cert, "--tls-key", key),
        "missing": ("--tls-cert", cert, "--tls-key", f"{key}.none"),
    }[wrong]
    refused = run(data, "serve", "--port", str(free_port()), *words)
    assert refused.returncode == 1
    assert "tls" in refused.stderr or "chmod" in refused.stderr


def test_a_trusted_proxy_says_who_asks(data):
    """Its word is taken at the served door; without being named it is refused."""
    port = free_port()
    with serving(data, port, "serve", "--trusted-proxy", "127.0.0.0/8"):
        said = {"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https"}
        assert get(HTTPConnection("127.0.0.1", port), "/taxii2/", **said)[0] == 401
    with serving(data, port, "serve"):
        assert get(HTTPConnection("127.0.0.1", port), "/taxii2/", **said)[0] == 400
