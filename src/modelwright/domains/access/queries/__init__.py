"""Every statement of access, one file a noun."""
