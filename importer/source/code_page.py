"""Which country's code page a text is in, when it is no UTF-8: a guess, told to the person as one.

In western and central European text the letters beyond ASCII stand alone between ASCII letters; there the
code page is right under which they are letters that people write in words. Elsewhere whole words lie beyond
ASCII, and charset-normalizer's knowledge of languages decides.
"""

import re
import unicodedata

import charset_normalizer

from importer.source.wide_code_page import wide_code_page

_EUROPEAN = ("cp1252", "cp1250", "cp1254", "cp1257", "mac_roman", "cp850", "cp852", "iso8859_2")
_SCRIPTS = ("cp1251", "cp1253", "cp1255", "cp1256", "cp874", "koi8_r", "cp866", "mac_cyrillic")
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
_NEVER_BEFORE = frozenset("©®™°§»¹²³¾¼½")
_MORE_LIKELY = 0.1
_MOSTLY = 0.6


def guess_code_page(sample: bytes) -> str:
    """Python's name of the code page that `sample` (lines with bytes beyond ASCII) is most likely in."""
    wide = wide_code_page(sample)
    if wide:
        return wide
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
    name = best.encoding if best is not None else "cp1252"
    if _share_of_words(sample, name) >= _MOSTLY:
        return name
    return max((name, *_SCRIPTS), key=lambda other: _share_of_words(sample, other))


def _share_of_words(sample: bytes, name: str) -> float:
    """Which part of the stretches beyond ASCII are letters of one script, as words of it are written."""
    try:
        text = sample.decode(name)
    except UnicodeDecodeError:
        return -1.0
    runs = [run for run in re.findall(r"[^\x00-\x7f]+", text) if len(run) > 2]
    return sum(map(_is_word, runs)) / max(1, len(runs))


def _is_word(run: str) -> float:
    """1 for letters and their marks of one script, less where all are small or all are capitals.

    Latin words have no three letters beyond ASCII in a row.
    """
    scripts = {unicodedata.name(sign, "?").split()[0] for sign in run}
    letters = all(unicodedata.category(sign)[0] in "LM" for sign in run)
    if not letters or len(scripts) > 1 or scripts & {"LATIN", "HALFWIDTH", "?"}:
        return 0.0
    if run.istitle() or run.lower() == run.upper():
        return 1.0
    return 0.5 if run.islower() or run.isupper() else 0.0


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
    if in_word or (after.isalpha() and character in _NEVER_BEFORE) or not character.isprintable():
        return -1.0
    return 0.5 if character in _IN_TEXT else -0.2
