"""Signing in through an identity provider of the community: OpenID Connect Core 1.0, code flow with PKCE.

May import: as its parent; requests and cryptography for what a provider says. Never comes in: an account (the parent
knows whose subject it is), a claim that a person could set himself.
"""

from hub.services.entrance.oidc.flow import Begun, Came, Federation
from hub.services.entrance.oidc.provider import Client

__all__ = ["Begun", "Came", "Client", "Federation"]
