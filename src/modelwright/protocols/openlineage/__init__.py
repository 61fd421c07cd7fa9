"""OpenLineage 2-0-2: events in (`take`), Marquez's shape out (`marquez`), events of our runs to others (`emit`).

Knows their words; refuses to know how the graph is kept.
"""
