"""Proof of what was changed, by whom and when. Rows are only ever appended; knows nothing of what the actions mean."""
