"""Source documents to STIX 2.1 objects: pure functions of bytes, one file a format.

May import: stix_models. Never comes in: network, clock, store, the hub.
"""
