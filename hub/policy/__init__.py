"""Who may do and see what, as pure functions: labels, spans, audiences, closure.

May import: model, errors, stix_models. Never comes in: I/O, a clock, a store, a dict across rooms.
"""
