"""The pure decisions of tracking: names and sizes, paths, states, params. No clock, no I/O, no randomness."""
