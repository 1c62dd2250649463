"""What an operator asks of a hub: is it well, what was done, keep it safe.

May import: what services may. Never comes in: content of an object.
"""
