"""Events of other systems, for the tests of what we take in."""
