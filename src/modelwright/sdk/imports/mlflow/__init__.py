"""Copying an MLflow store: a live tracking server over REST, or the SQLite file behind one.

`rest` and `sqlite` read a source into our own structs, `files` reads artifacts, `copy` writes them to a server,
`report` counts. Knows MLflow's field names and tables (2.22 to 3.17). Refuses to import MLflow, and never writes to it.
"""
