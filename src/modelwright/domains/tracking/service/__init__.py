"""The verbs of tracking, one file a noun: permission, transaction, rules and queries, then audit and events."""
