"""Who acts: users, their roles in workspaces, API tokens, sessions. Knows nothing of what the actors do."""
