"""Zoom: the only files that know URLs, JSON and httpx.

`client.ZoomClient` makes the calls; below it, outside in, lie `auth` (tokens), pacing and `transport` (HTTP),
so that a replay with a fresh token pays for its place in the rate like every other request. `account` reads
what the answers say about books and custom fields, `operations` is the table of calls with label and scopes.

Nothing is imported here: whoever needs the pace alone shall not pay for loading httpx.
"""
