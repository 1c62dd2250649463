"""Written values to their one normal form: refanged, checked, and as an observable.

May import: stix_models, idna. Never comes in: which document a value stood in, look-up services.
"""
