"""The bytes of objects: kept with their sha-256, checked whenever they leave."""

from __future__ import annotations

import hashlib

from hub.errors import StoreError


def digest_of(body: bytes) -> bytes:
    """Give the sha-256 that is kept beside the bytes."""
    return hashlib.sha256(body).digest()


def checked(body: bytes, digest: bytes, object_id: str) -> bytes:
    """Give the bytes if they are still those that were stored."""
    if hashlib.sha256(body).digest() != digest:
        raise StoreError(f"the stored bytes of {object_id} have changed on disk: run `hub check`, restore a backup")
    return body
