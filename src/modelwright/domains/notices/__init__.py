"""News that leaves the server: who wants to be told of what, and that they are, whatever fails meanwhile.

Knows receivers and deliveries. Refuses to know what the events mean.
"""
