"""A first mapping for a file, drafted from its headings and from what its cells look like."""

from importer.suggest.draft import Draft, draft_mapping

__all__ = ["Draft", "draft_mapping"]
