"""The door for machines: TAXII 2.1 by medallion's blueprints, our backend and answers.

May import: the hub's services. Never comes in: rules, SQL, what the console shows.
"""
