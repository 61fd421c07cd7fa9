"""The verbs of the registry, one file a noun: permission, transaction, rules and queries, then audit and events."""
