"""Files that an attribute brings along (`data`, base64), as artifacts (STIX 2.1 section 6.1)."""

from __future__ import annotations

import re
from dataclasses import replace

from converters.misp.parts.values import Value, made, ref

_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_ENCRYPTED = {
    "mime_type": "application/zip",
    "encryption_algorithm": "mime-type-indicated",
    "decryption_key": "infected",
}
"""What MISP does with a malware sample before it hands it on."""


def with_payload(value: Value, type_: str, data: str) -> Value | None:
    """Give the value with its content as an artifact, to which its file refers; None if that is no base64."""
    text = "".join(data.split())
    if not text or not _BASE64.fullmatch(text):
        return None
    artifact = made("artifact", "content", "", payload_bin=text, **(_ENCRYPTED if type_ == "malware-sample" else {}))
    owner = value.observables[0]
    owner = replace(owner, properties={**owner.properties, "content_ref": ref(artifact)})
    return replace(value, observables=(artifact, owner), main=1)
