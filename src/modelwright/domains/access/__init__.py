"""Who acts: users, groups and service accounts, their roles and grants, API tokens, logins and sessions.

Refuses to know what the resources are that grants name, and what operations do.
"""
