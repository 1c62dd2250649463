"""What keeps a hub whole: verify, repair, backup, restore, upgrade.

May import: all rooms of this store but the store itself. Never comes in: a way round the rules.
"""
