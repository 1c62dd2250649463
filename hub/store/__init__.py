"""The promise (base.py) and the stores that keep it.

May import: policy, vetting, model, errors, stix_models. Never comes in: decisions of its own, HTTP, formats.
"""
