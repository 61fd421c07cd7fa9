"""Flight delays out of New York: the running example, from raw files to a served and watched model."""
