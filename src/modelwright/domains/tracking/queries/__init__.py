"""Every statement of tracking, one file a noun. They trust their callers about permissions and workspaces."""
