"""A cell that should hold one phone number -> the bare number in it, or what is wrong with the cell.

Nothing here knows a numbering plan: it takes away what people and programs write around a number (labels,
extensions, typographic signs) and recognises what spreadsheets do to numbers. Digits are never dropped
silently: what cannot be accounted for is a problem.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from importer.transforms.phone_other import other_thing
from importer.transforms.problem import Problem, shown


@dataclass(frozen=True, slots=True)
class PhoneCell:
    """A cell taken apart.

    Attributes:
        core: digits with an optional plus in front and ASCII punctuation ``() .-/``, perhaps vanity letters.
        extension: the digits of the extension, "" when there is none.
        mended: what a spreadsheet did and was undone, as a clause; "" when nothing.
    """

    core: str
    extension: str = ""
    mended: str = ""


LONGEST: Final = 250
"""Characters; more is no phone number to `phonenumbers` either."""


def read_cell(text: str) -> PhoneCell | Problem:
    """Take the cell apart; never raises."""
    if len(text) > LONGEST:
        return Problem("phone_invalid", f"{shown(text)} is much too long to be a phone number")
    clean = ascii_signs(text)
    clean, mended = _undo_spreadsheet(clean)
    if _EXPONENT.fullmatch(clean):
        return _digits_lost(text)
    what = other_thing(clean)
    if what:
        return not_a_phone(text, what)
    clean = _plain_uri(clean)
    clean = without_labels(clean)
    core, extension = split_extension(clean)
    if _count_digits(core) == 0:
        return Problem("phone_invalid", f"{shown(text)} holds no phone number")
    parts = [part for part in _SEPARATORS.split(core) if part.strip(" .-()")]
    if sum(_count_digits(part) >= 5 for part in parts) > 1 or _has_second_ending(core):
        return two_numbers(text)
    core = _tidy(core)
    if "+" in core.lstrip("( ")[1:]:
        return two_numbers(text)
    unknown = _UNKNOWN.search(core)
    if unknown:
        return _not_a_number(text, core, unknown.group())
    return PhoneCell(core, extension, mended)


def not_a_phone(text: str, what: str) -> Problem:
    """The problem of a cell that holds something else, such as "a date"."""
    said = f"{shown(text)} is {what} and no phone number; compare it with the source"
    return Problem("phone_invalid", said)


def two_numbers(text: str) -> Problem:
    """The problem of a cell with more than one number."""
    return Problem(
        "phone_invalid",
        f"{shown(text)} looks like two phone numbers in one cell; put each in a column of its own, "
        "or split the column in the mapping",
    )


# --- signs --------------------------------------------------------------------------------------

_DASHES: Final = frozenset("\u2212\u30fc\u2015\u02d7\u2500\u2501\u4e00~\u223c\u301c\u2043")
_BLANKS: Final = frozenset("\u00b7\u2022\u2027\u2219\u30fb_|\u00a0\u2423")
_PLUSES: Final = frozenset("\u2795\ufe62")
_QUOTES: Final = frozenset("\u2018\u2019\u201a\u201b\u2032\u00b4`\u02bc")


def ascii_signs(text: str) -> str:
    """The text with digits, dashes, blanks and plus signs of every script as their ASCII relatives.

    Invisible signs (zero-width blanks, direction marks, byte order marks) go away.
    """
    if text.isascii():
        return " ".join(text.replace("~", "-").split(" ")).strip()
    folded = unicodedata.normalize("NFKC", text)
    return "".join(map(_ascii_sign, folded)).strip()


def _ascii_sign(sign: str) -> str:
    if sign.isascii():
        return "-" if sign == "~" else sign
    category = unicodedata.category(sign)
    if category == "Nd":
        return str(unicodedata.decimal(sign))
    for relatives, plain in ((_DASHES, "-"), (_BLANKS, " "), (_PLUSES, "+"), (_QUOTES, "'")):
        if sign in relatives:
            return plain
    return _BY_CATEGORY.get(category, sign)


_BY_CATEGORY: Final = {"Cf": "", "Mn": "", "Zs": " ", "Zl": "\n", "Zp": "\n", "Pd": "-", "So": " "}

# --- what spreadsheets do -----------------------------------------------------------------------

_EXPONENT: Final = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE]\+?\d{1,3}")
_WHOLE_EXPONENT: Final = re.compile(r"(\d)[.,](\d{6,})[eE]\+?(\d{1,2})")
_FORMULA: Final = re.compile(r"=\s*\"?\s*([^\"]*?)\s*\"?")
_FLOAT: Final = re.compile(r"(?:\d{6,}|[1-9]\d{2,})[.,]0+")
_THOUSANDS: Final = re.compile(r"([1-9]\d{0,2}(?:,\d{3}){2,})(?:\.0+)?")
_PLUS_BEHIND: Final = re.compile(r"[1-9][\d .()-]{6,}\+")


def _undo_spreadsheet(text: str) -> tuple[str, str]:
    """(the text as it was typed, what had happened to it); the second is "" when nothing had."""
    if text.startswith("'") and len(text) > 1:
        return text[1:].strip(), "the apostrophe in front is a spreadsheet's mark for text"
    formula = _FORMULA.fullmatch(text)
    if formula:
        return formula.group(1), 'the ="..." around it is a spreadsheet\'s mark for text'
    if _FLOAT.fullmatch(text):
        return re.split("[.,]", text)[0], "the decimals were added by a spreadsheet"
    thousands = _THOUSANDS.fullmatch(text)
    if thousands:
        return thousands.group(1).replace(",", ""), "the commas between thousands were added by a spreadsheet"
    if _PLUS_BEHIND.fullmatch(text):
        return f"+{text[:-1]}", "the + stood at the end"
    whole = _WHOLE_EXPONENT.fullmatch(text)
    # Every digit is still there only when the mantissa is as long as the number.
    if whole and len(whole.group(2)) == int(whole.group(3)):
        return whole.group(1) + whole.group(2), "a spreadsheet had written it with an exponent"
    return text, ""


def _digits_lost(text: str) -> Problem:
    return Problem(
        "phone_digits_lost",
        f"{shown(text)} is what a spreadsheet made of a long number: its last digits are lost for good; "
        "take the number from the source again and import the column as text",
    )


# --- labels and addresses -----------------------------------------------------------------------

_WORDS: Final = (
    r"tel(?:e(?:phone|fon|fono|foon|f))?|t[ée]l(?:[ée]phone|[ée]fono)?|telefone|tlf|tfno|tfn|phone|ph|fon|fono|puh"
    r"|mob(?:il(?:e|tel(?:efon)?|nummer)?|iele?)?|m[óo]vil|cell(?:ulare?|phone)?|cel(?:ular)?|handy|natel|gsm|portable"
    r"|port|whatsapp|wa|sms|fax|work|business|office|home|privat[eo]?|priv|direct|direkt|main|switchboard|landline"
    r"|festnetz|fixe|fijo|casa|trabajo|bureau|b[üu]ro|zentrale|gesch[äa]ftlich|dienstlich|berufl(?:ich)?|domicile"
    r"|personal|тел|телефон|моб|факс|call|number|no|nr|num(?:ber|[ée]ro)?|hotline|toll[ -]?free|freephone"
    r"|電話|电话|手机|携帯|휴대폰|전화"
)
_LABEL_BEFORE: Final = re.compile(
    rf"(?:(?:{_WORDS})(?![^\W\d_])(?:\s*(?:phone|no|nr|number|tel|telefon)|\s*\((?:{_WORDS})\))?|[a-z](?=\s*[.:])|[tmpfhwcod](?=\s+[\d+(])|[☎✆✉])"
    r"\s*[.:#]*\s*[-=]?\s*",
    re.IGNORECASE,
)
_LABEL_BEHIND: Final = re.compile(
    rf"[\s,;-]*[(\[]?\s*(?<![^\W_])(?:{_WORDS})(?:\.?[\s/,-]+(?:{_WORDS}))*\.?\s*[)\]]?\s*$|\s*[(\[]\s*[a-z]\s*[)\]]\s*$",
    re.IGNORECASE,
)
_URI: Final = re.compile(r"^<?\s*(?:tel|callto|sms|phone|facetime)\s*:\s*(?://)?", re.IGNORECASE)
_CHAT: Final = re.compile(
    r"^https?://(?:wa\.me/|api\.whatsapp\.com/send/?\?phone=)(?:\+|%2B)?(?=\d+$)", re.IGNORECASE
)
_PARAMETER: Final = re.compile(
    r";(?!ext=)(?P<name>[a-z-]{2,})=(?P<value>[^;>]*)|;(?=>|\s*$)|>$", re.IGNORECASE
)


def _plain_uri(text: str) -> str:
    """An RFC 3966 address as a plain number; its `phone-context` goes in front of a local one."""
    if ":" not in text:
        return text
    rest = _URI.sub("", _CHAT.sub("tel:+", text), count=1)
    if rest == text:
        return text
    rest = re.sub("%2B", "+", rest, flags=re.IGNORECASE)
    context = ""
    for parameter in _PARAMETER.finditer(rest):
        if (parameter.group("name") or "").lower() == "phone-context" and parameter.group("value").startswith(
            "+"
        ):
            context = parameter.group("value")
    plain = _PARAMETER.sub("", rest).strip()
    return f"{context} {plain}" if context and not plain.startswith("+") else plain


def without_labels(text: str) -> str:
    """Take "Tel.:", "Mobil", "p:" in front and "(home)", "mobile" behind away."""
    for _ in range(3):
        match = _LABEL_BEFORE.match(text)
        if match is None or match.end() == len(text):
            break
        text = text[match.end() :]
    if text[-1:].isdigit():
        return text.strip()
    return _LABEL_BEHIND.sub("", text).strip() or text.strip()


# --- extensions ---------------------------------------------------------------------------------

_EXTENSION_WORDS: Final = (
    r"e?xt(?:ensi[oó]n|n|\.?\s*no)?|extension|x|durchwahl|dw|app(?:arat)?|nst|nebenstelle|klappe|kl|poste?|interno|int"
    r"|anexo|ramal|toestel|tst|wewn(?:[ęe]trzny)?|wew|доб(?:авочный)?|linka|anknytning|ankn|lokal|内線|分机|내선"
)
_EXTENSION: Final = re.compile(
    rf"[\s,;(\[/-]*(?:;ext=|(?<![^\W\d_])(?:{_EXTENSION_WORDS})(?![^\W\d_])\s*[.:]?|#)\s*[:#=-]*\s*(\d{{1,9}})\s*#?\s*[)\]]?$"
    r"|\s*,,+\s*(\d{1,9})#?$|[,;]\s*(\d{1,6})#$|\s*;\s*(\d{1,4})$|[- ]+(\d{1,6})#$",
    re.IGNORECASE,
)


def split_extension(text: str) -> tuple[str, str]:
    """(the text before the extension, the extension's digits); the second is "" when there is none."""
    match = _EXTENSION.search(text)
    if match is None or _count_digits(text[: match.start()]) < 4:
        return text, ""
    return text[: match.start()].rstrip(" ,;("), next(group for group in match.groups() if group)


# --- the rest -----------------------------------------------------------------------------------

_SEPARATORS: Final = re.compile(
    r"[;|,\n\r]|:::|&|\s(?:or|and|oder|und|ou|et|o|y|e|och|og|of|en|или|и)\s",
    re.IGNORECASE,
)
_SECOND_ENDING: Final = re.compile(r"([^,/]*?\d)\s*([,/])\s*(\d{1,3})")
_UNKNOWN: Final = re.compile(r"[^\d+ ()./A-Za-z-]|[A-Za-z][A-Za-z .-]*")


def _has_second_ending(core: str) -> bool:
    """Whether "030 12345678/9" or "01 2345678, 90" gives the ends of two numbers that begin alike."""
    match = _SECOND_ENDING.fullmatch(core)
    if match is None:
        return False
    before, sign, ending = match.groups()
    whole = bool(re.search(r"\d{6}$", before)) or (len(ending) < 3 and _count_digits(before) >= 7)
    return whole or (sign == "," and _count_digits(before) >= 5)


def _tidy(core: str) -> str:
    """Blanks for every sign that only groups digits; square and curly brackets become round ones."""
    spaced = re.sub(r"\+[+ ]+", "+", core.translate(_TIDY))
    return " ".join(spaced.split()).strip(" .-/)*")


_TIDY: Final = str.maketrans("[{<]}>_'\"=,;|:\\\t\r\n\v\f", "((()))" + " " * 14)


def _not_a_number(text: str, core: str, unknown: str) -> PhoneCell | Problem:
    letters = [sign for sign in core if sign.isascii() and sign.isalpha()]
    rest = _UNKNOWN.sub("", core)
    if len(letters) >= 3 and _VANITY.fullmatch(core) and not _WORD_SIGN.search(rest):
        return PhoneCell(core)
    repaired = core.translate(_LOOKALIKES)
    mistyped = len(letters) <= 2 and not _UNKNOWN.search(repaired)
    hint = f'; if digits are meant, write "{repaired}"' if mistyped else ""
    return Problem(
        "phone_invalid", f"{shown(text)} contains {shown(unknown)}, which is no part of a phone number{hint}"
    )


_VANITY: Final = re.compile(r"\(?\+?\d[\d ()./-]*[A-Za-z][A-Za-z\d .-]*")
_WORD_SIGN: Final = re.compile(r"[^\d+ ()./-]")
_LOOKALIKES: Final = str.maketrans("OoQlIiSB", "00011158")


def _count_digits(text: str) -> int:
    return sum(sign.isdigit() for sign in text)
