"""What can be done with the hub: decide, act, record, return.

May import: store and below, converters. Never comes in: HTTP outside `sources`, a terminal, a second copy of a rule.
"""
