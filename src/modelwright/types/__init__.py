"""What things are: frozen structs, enums, ids, errors and the JSON codec.

Domain value, native API shape and SDK object are the same struct. Imports nothing of ours, and knows
no clock, no database and no network.
"""
