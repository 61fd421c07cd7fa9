"""The pure decisions of data: names and references, what a manifest may say, what differs, what may go."""
