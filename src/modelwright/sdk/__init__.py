"""What users import: the run handle, the crash-safe spool, the transport and the read API.

Knows how to record without hurting the training process, and how to speak the native HTTP API. Refuses to know
how the server keeps anything. `import modelwright as mw` exports the names that users need, lazily.
"""
