"""Tracking records what happened: experiments, runs, params, tags, points, inputs, outputs, artifacts, console lines.

It knows how runs live, crash and end, and how their points are stored and read. It refuses to know what a registered
model is, who approves it, and how any foreign client spells a request.
"""
