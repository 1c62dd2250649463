"""What a STIX 2.1 object is here: ids, timestamps, markings, references, strict JSON, conformance.

May import: nothing of the project. Never comes in: who may see it, where it is kept, I/O but package data.
"""
