"""The audit trail: both chains, and which places each read served.

May import: model, the store's query, `files`. Never comes in: content of an object.
"""
