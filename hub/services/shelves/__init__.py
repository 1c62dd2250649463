"""From a push to its release: intake, status, review, labels, and what raises them.

May import: what services may. Never comes in: reading released data for others (sharing).
"""
