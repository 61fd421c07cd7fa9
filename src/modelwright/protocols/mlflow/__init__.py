"""The MLflow REST wire, tracking part: what unmodified `mlflow` clients speak.

Knows MLflow's requests (`shapes`), how they are read (`decode`), limits and system tags (`rules`), filters
(`filters`), entities as clients parse them (`encode`), error codes (`errors`), and one file of routes a resource,
all declared through `wire`. Refuses to know how anything is stored. See docs/wires/mlflow.md.
"""
