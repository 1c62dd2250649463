"""What stands in MISP's records, read: times, values by their types, objects by their templates, tags, galaxies.

May import: values, building, extensions, stix_models. Never comes in: an id of MISP's, what left before, findings.
"""
