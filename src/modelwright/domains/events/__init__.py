"""News of what changed, for live pages and reactions. Knows kinds and subjects as text.

Refuses to know what they mean.
"""
