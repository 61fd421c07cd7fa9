"""What came from what: one graph over everything that other rooms and other systems make.

Knows nodes by kind and id, and edges between them. Refuses to know what a run, a model or a table is.
"""
