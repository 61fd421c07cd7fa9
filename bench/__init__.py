"""The load figures: `python -m bench` runs them all, beside the peers that install here, and prints ratios.

The server runs on one core, the load on another, so that the figures are a server core's. Nothing here asserts seconds.
"""
