"""A file on its way in, in two steps: converted and shown with what was found, then sent or thrown away.

May import: what services may. Never comes in: a way past the intake; what is sent goes the way of every push.
"""
