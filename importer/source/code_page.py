"""Which country's code page a text is in, when it is no UTF-8: a guess, told to the person as one.

In western and central European text the letters beyond ASCII stand alone between ASCII letters; there the
code page is right under which they are letters that people write in words. Elsewhere whole words lie beyond
ASCII, and charset-normalizer's knowledge of languages decides.
"""

import re

import charset_normalizer

_EUROPEAN = ("cp1252", "cp1250", "cp1254", "cp1257", "mac_roman", "cp850", "cp852")
_ANY = (
    *_EUROPEAN,
    *("cp1251", "cp1253", "cp1255", "cp1256", "cp1258"),
    *("cp932", "gb18030", "big5", "cp949", "koi8_r", "cp866", "mac_cyrillic"),
)
# ruff: noqa: RUF001 - look-alikes are the very subject here
_COMMON = frozenset(
    "äöüßéèêëàáâãåæçíìîïñóòôõøœúùûýÿÄÖÜÉÈÀÁÂÅÆÇÍÎÑÓÔØÚěščřžůťďňľłąęśćźżńőűŠČŘŽŁŚŻđģķļņūīāēąčęėįšųžğışĞİŞ"
)
_IN_TEXT = frozenset("€‚„“”‘’–—…™®©°§«»·£\xa0¡¿´ºª")
_MORE_LIKELY = 0.1


def guess_code_page(sample: bytes) -> str:
    """Python's name of the code page that `sample` (lines with bytes beyond ASCII) is most likely in."""
    matches = charset_normalizer.from_bytes(sample, cp_isolation=list(_ANY), threshold=0.6)
    best = matches.best()
    if _foreign_letters_stand_alone(sample):
        european = max(_EUROPEAN, key=lambda name: (_plausibility(sample, name), -_EUROPEAN.index(name)))
        if best is not None and european in best.could_be_from_charset:
            return european  # the same text either way
        coherence = {match.encoding: match.coherence for match in matches}
        spoken = best is not None and best.coherence > coherence.get(european, 0.0) + _MORE_LIKELY
        if (
            best is None
            or not spoken
            or _plausibility(sample, best.encoding) < _plausibility(sample, european)
        ):
            return european
    return best.encoding if best is not None else "cp1252"


def _foreign_letters_stand_alone(sample: bytes) -> bool:
    runs = re.findall(rb"[\x80-\xff]+", sample)
    alone = sum(1 for run in runs if len(run) <= 2)
    return alone >= 0.7 * len(runs)


def _plausibility(sample: bytes, name: str) -> float:
    """Points for letters of words, points off for signs and capitals where words have none."""
    try:
        text = sample.decode(name)
    except UnicodeDecodeError:
        return -10.0
    found = [
        _points(match[1], match[2], match[3])
        for match in re.finditer(r"(?s)(?=(.|\A)([^\x00-\x7f])(.|\Z))", text)
    ]
    return sum(found) / max(1, len(found))


def _points(before: str, character: str, after: str) -> float:
    in_word = before.isalpha() and (after.isalpha() or not after)
    if character.isalpha():
        if character.isupper() and before.islower():
            return -1.0
        return 1.0 if character in _COMMON else 0.2
    if in_word:
        return -1.0
    return 0.5 if character in _IN_TEXT else -0.2
