"""What may come in: every object checked against the OASIS schemas and the rules no schema can say.

May import: model, errors, stix_models. Never comes in: who may see it (policy), a store.
"""
