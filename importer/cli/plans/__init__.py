"""A plan: made, checked and applied."""
