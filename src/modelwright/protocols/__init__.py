"""Foreign wires: each decodes to the Struct that a native route builds, calls the same service, encodes the answer.

Knows other products' field names and error codes; refuses to know tables, and no wire knows another.
"""
