"""What people type: `mw …`, click groups thin over `sdk`.

Knows arguments, tables and exit codes. Refuses to know how the server works: `mw up` loads it by name.
"""
