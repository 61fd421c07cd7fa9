"""What the product decides: one room a domain. Shelves and arrows are in ARCHITECTURE.md and checked by import-linter."""
