"""A check: what it asks, and what it says."""
