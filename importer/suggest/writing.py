"""Texts as YAML writes them: every heading, whatever it holds, comes back from the file as it was."""

import re
from collections.abc import Iterable
from typing import Final

_PLAIN: Final = re.compile(r"[A-Za-z\u00c0-\u024f][\w .()/'-]*")
_WORDS_OF_YAML: Final = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_BRACES: Final = re.compile(r"[{}]")
_CLEAR_WIDTH: Final = 60


def scalar(text: str) -> str:
    """A text as a YAML scalar: bare where that is safe, in double quotes elsewhere."""
    safe = _PLAIN.fullmatch(text) is not None and text == text.rstrip()
    if safe and text.isprintable() and text.casefold() not in _WORDS_OF_YAML:
        return text
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(sign: str) -> str:
    if sign in _ESCAPES:
        return _ESCAPES[sign]
    if sign.isprintable():
        return sign
    code = ord(sign)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def flow_list(texts: Iterable[str]) -> str:
    """Texts as a list on one line."""
    return f"[{', '.join(map(scalar, texts))}]"


def value(heading: str, **keys: str) -> str:
    """A value of the mapping that comes from one column; `keys` are YAML already.

    The short form where nothing else is said and the heading is no template.
    """
    if not keys and not _BRACES.search(heading):
        return scalar(heading)
    return (
        f"{{{', '.join([f'column: {scalar(heading)}', *(f'{key}: {text}' for key, text in keys.items())])}}}"
    )


def templatable(heading: str) -> bool:
    """Whether a template can name the column: braces have no place in it."""
    return not _BRACES.search(heading)


def joined(headings: Iterable[str], between: str, **keys: str) -> str:
    """A value that joins columns, each of them `templatable`."""
    quoted = scalar(between.join(f"{{{heading}}}" for heading in headings))
    if not keys:
        return quoted
    return f"{{{', '.join([f'template: {quoted}', *(f'{key}: {text}' for key, text in keys.items())])}}}"


def shown(heading: str) -> str:
    """A heading inside a comment: on one line, not too long, nothing that ends the comment."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in heading).split())
    return line if len(line) <= _CLEAR_WIDTH else f"{line[: _CLEAR_WIDTH - 1]}…"


def comment(text: str, indent: int = 0) -> str:
    """Sentences as comment lines of at most 110 characters."""
    pad = " " * indent
    lines, line = [], f"{pad}#"
    for word in text.split():
        if len(line) + 1 + len(word) > 108 and line.strip() != "#":
            lines.append(line)
            line = f"{pad}#"
        line = f"{line} {word}"
    return "\n".join([*lines, line])
