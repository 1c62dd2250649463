"""The demo hub: its community, its data (see NOTICE.md), how it is made and what is said of it.

May import: what hub.cli may. Never comes in: anything another hub would need; a way past the services.
"""
