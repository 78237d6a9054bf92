"""An import, from its request to its exit code."""
