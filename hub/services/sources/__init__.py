"""Other TAXII 2.1 servers: what is pulled from them and pushed to them; the one room with outbound HTTP.

May import: model, errors, converters and below, requests and taxii2-client. Never comes in: the store, decisions on
who sees what, a terminal. Everything a server answers is bounded and distrusted here.
"""

from __future__ import annotations

from hub.services.sources.access import Access, collection_url
from hub.services.sources.landing import Landing
from hub.services.sources.limits import Limits
from hub.services.sources.pull import Pulled, Question, pull
from hub.services.sources.push import Packing, Pushed, push
from hub.services.sources.receipts import Failure, Receipt, Receipts
from hub.services.sources.remote import Remote

__all__ = [
    "Access",
    "Failure",
    "Landing",
    "Limits",
    "Packing",
    "Pulled",
    "Pushed",
    "Question",
    "Receipt",
    "Receipts",
    "Remote",
    "collection_url",
    "pull",
    "push",
]
