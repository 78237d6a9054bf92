"""Entry point of the console script and of `python -m importer`."""

from importer.cli.app import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
