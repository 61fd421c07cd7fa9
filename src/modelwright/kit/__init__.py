"""How machines work, with no domain word: databases, blobs, HTTP, filters, settings, clock, logs, metrics."""
