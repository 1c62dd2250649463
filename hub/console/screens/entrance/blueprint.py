"""What the views of this room are hung on, and what all of them know about the browser that asks."""

from __future__ import annotations

from ipaddress import ip_address

from flask import Blueprint, request

from hub.services.entrance import Site, Visitor

blueprint = Blueprint("entrance", __name__)


def visitor() -> Visitor:
    """Give where this request comes from."""
    return Visitor(request.remote_addr, request.user_agent.string)


def site() -> Site | None:
    """Give where the browser finds this console, for its passkeys; None under a bare address, which has none."""
    origin = request.host_url.rstrip("/")
    host = request.host.rpartition(":")[0] if ":" in request.host.rpartition("]")[2] else request.host
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return Site(host, origin)
    return None
