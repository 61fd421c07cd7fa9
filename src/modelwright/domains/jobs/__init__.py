"""Background work: queued, leased with a fence, retried, finished; and the leases of recurring duties.

Knows no job's meaning.
"""
