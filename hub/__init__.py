"""The sharing hub: who may see what, kept exactly.

Lives here: nouns, policy, store, services, the console and the command line. May import converters and stix_models.
Never comes in: HTTP (taxii_server) except through `hub.doors`.
"""
