"""dbt's artifacts as lineage: tables, jobs with their runs, checks, exposures and column edges.

`artifacts` reads files of a target folder, `events` says them in OpenLineage, `columns` finds what flows between
columns, `load` sends it all. Knows dbt; refuses to know how the graph is kept.
"""
