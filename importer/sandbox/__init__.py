"""A stand-in for Zoom's Contact Center address books, for rehearsals and tests.

It speaks the same HTTP, refuses what Zoom refuses, enforces the rate limits, and can be told to misbehave.
It imports nothing from the rest of the package, so it cannot share a mistake with the client it judges.
Run it with ``python -m importer.sandbox --help``.
"""
