"""Searching runs, experiments and logged models: what filters may name (`fields`), the statements (`runs`, `lists`)."""
