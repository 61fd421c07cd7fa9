"""What the product decides: one room a domain. Shelves and arrows: see ARCHITECTURE.md; import-linter checks them."""
