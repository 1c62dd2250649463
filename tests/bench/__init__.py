"""The bench: poll, pull and push of a whole hub, timed in one run beside a floor and a peer.

May import: everything of the project; what it starts listens on loopback and ends with it. Never comes in: an
assertion on time (machines differ; the ratios within one run don't), data of anybody.
"""
