"""A number together with its noun, as a person writes it."""


def counted(count: int, noun: str) -> str:
    """Write "1 row" or "1,003 rows"; `noun` is the singular of a noun that takes an s."""
    return f"1 {noun}" if count == 1 else f"{count:,} {noun}s"
