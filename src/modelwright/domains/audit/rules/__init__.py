"""The pure decisions of audit: what a leaf is, how the tree grows, what proves what, how a checkpoint is signed."""
