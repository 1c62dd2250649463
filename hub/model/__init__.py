"""The nouns of the hub as frozen values.

May import: errors, stix_models. Never comes in: I/O, rules (they are in policy), rows of a store.
"""
