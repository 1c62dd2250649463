"""Sheets of rows under a header, read by a mapping file: what a column means stands there, never in the code.

May import: the frame, values, extensions, stix_models, yaml, python_calamine. Never comes in: a guess about one value.
"""
