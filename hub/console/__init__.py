"""The hub for people: pages over the same services as TAXII and the command line.

May import: hub.application and what lies below it, Flask. Never comes in: a rule of its own about who sees what,
a store, a line of script or style inside a page, an asset of another host.
"""
