"""The pure decisions of the registry: names, sources, model files, prompts, comparisons. No clock, no I/O."""
