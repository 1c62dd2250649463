"""Mapping files: what the columns of a sheet mean, as values, read from YAML, and drafted from a sheet.

May import: the frame, values, cells, table, yaml. Never comes in: rows and what is built of them.
"""
