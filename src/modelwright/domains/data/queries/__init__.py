"""Every statement of data, one file a noun."""
