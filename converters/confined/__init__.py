"""A process that converts one untrusted document and can do nothing else, and the messages it is spoken to with.

May import: the converters. Never comes in: the hub; what the process gives up is never taken back.
"""
