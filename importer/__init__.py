"""zoom-import: bulk import of contacts into Zoom Contact Center address books."""

__version__ = "0.1.0"
