"""Passes over a file: the survey sends nothing, the engine carries every row to its outcome."""
