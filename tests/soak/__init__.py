"""The soak: a hub served by two workers under all that can go on at once, for minutes, and at its end a second opinion.

May import: everything of the project; what it starts listens on loopback and ends with it. Never comes in: a shortcut
around the doors (what is pushed, pulled and deleted goes over TAXII), an expectation that the hub itself computes.
"""
