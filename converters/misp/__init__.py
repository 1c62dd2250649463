"""MISP's JSON (MISP core format) to STIX 2.1: events, their attributes, objects, galaxies and tags.

May import: the frame, values, building, ledger, extensions, stix_models. Never comes in: misp-stix, which is the
oracle of the tests: it is ten times slower, keys observables otherwise than the standard, and lets one value cost
an event.
"""
