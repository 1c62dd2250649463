"""Whether an object is STIX 2.1: the schemas of OASIS, compiled, and the rules that a schema can't say.

May import: the rest of stix_models. Never comes in: limits of the hub, who pushed it, I/O but schema files.
"""

from stix_models.conformance.checks import check

__all__ = ["check"]
