"""OpenLineage 2-0-2: events in (`take`), Marquez's shape out (`marquez`), and events of our own runs to others (`emit`).

Knows their words; refuses to know how the graph is kept.
"""
