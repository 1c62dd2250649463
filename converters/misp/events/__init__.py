"""An event under conversion: what its parts state, in an order in which nothing refers forward, and its report.

May import: the parts of MISP, the frame, building, ledger. Never comes in: JSON that was not parsed.
"""
