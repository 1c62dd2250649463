"""What persons sign in with, in the hub's file; and who is signed in, in a file beside it.

May import: the store's files and the model. Never comes in: a secret in clear but those of TOTP, which it must have.
"""
