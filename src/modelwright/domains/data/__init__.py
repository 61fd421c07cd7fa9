"""Data: names with immutable versions of files and tables, kept once whatever the number of versions that share them.

Knows manifests, contents in packs, statistics as clients compute them, aliases, who uses a version, what may go.
Refuses to know what a run, a model or a warehouse is: others say what they use (`use`) or hold (the hook `data.pins`).
"""
