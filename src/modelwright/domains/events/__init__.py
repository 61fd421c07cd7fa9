"""News of what changed, for live pages and reactions. Knows kinds and subjects as text; refuses to know what they mean."""
