"""The door for operators and analysts: click, one file for each noun.

May import: everything of the hub. Never comes in: what another door would need too.
"""
