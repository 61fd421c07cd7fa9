"""Every statement of the registry, one file a noun."""
