"""The nearest spelling of a word, for "did you mean"."""

import difflib
from collections.abc import Iterable


def nearest(word: str, choices: Iterable[str], count: int = 1) -> list[str]:
    """The `count` choices that look most like `word`, best first; none when nothing comes close.

    Capitals do not count; a choice that contains the word, or is contained in it, comes close as well.
    """
    folded = {choice.casefold(): choice for choice in choices}
    found = difflib.get_close_matches(word.casefold(), folded, n=count, cutoff=0.6)
    if not found and len(word) >= 3:
        found = [
            name for name in folded if word.casefold() in name or (len(name) >= 3 and name in word.casefold())
        ]
    return [folded[name] for name in found[:count]]


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """`; did you mean "Phone"?`, or "" when nothing comes close."""
    found = nearest(word, choices)
    return f'; did you mean "{found[0]}"?' if found else ""


def listed(words: Iterable[str], limit: int = 40) -> str:
    """Words as a sentence shows them: `"a", "b", "c"`; what exceeds the limit is counted."""
    names = [f'"{word}"' for word in words]
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more
