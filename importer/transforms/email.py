"""Email addresses: what people write -> the normalised address, or the problem with it.

Syntax only, by `email-validator` and without DNS. Its verdict on reserved names stands too: example.com
passes, ``.invalid``, ``.local`` and ``localhost`` are addresses that no mail ever reaches. `email` answers
ordinary addresses by a pattern and asks the library for the rest; `email_reference` asks the library always.
Both say the same.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final, TypeAlias

from importer.transforms.problem import Problem, shown, warning

_LABEL: Final = r"(?!..--)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ORDINARY: Final = re.compile(
    rf"([A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*)@((?:{_LABEL}\.)+(?!..--)([A-Za-z](?:[A-Za-z0-9-]{{0,61}}[A-Za-z])?))"
)
# Names that RFC 2142 makes case-insensitive are written small by the library: those it shall see itself.
_FOLDED: Final = frozenset(
    ("info", "marketing", "sales", "support", "abuse", "noc", "security", "postmaster", "hostmaster",
     "usenet", "news", "webmaster", "www", "uucp", "ftp")
)  # fmt: skip
_LONGEST: Final = 1000
_RESERVED: Final = frozenset(("arpa", "invalid", "local", "localhost", "onion", "test"))
_PLAIN: Final = (
    rf"(?!(?i:{'|'.join(sorted(_FOLDED))})@)[A-Za-z0-9_+-]++(?:\.[A-Za-z0-9_+-]++)*+"
    rf"@(?:[a-z0-9]++(?:-[a-z0-9]++)*+\.)+(?!(?:{'|'.join(sorted(_RESERVED))})$)[a-z]{{2,}}"
)
"""Nothing to change, and of 64 characters in all no part can be too long."""
_PLAIN_LENGTH: Final = 64
_PLAIN_CELL: Final = re.compile(_PLAIN)
_PLAIN_LINES: Final = re.compile(rf"^(?:({_PLAIN})|.*)$", re.MULTILINE)


def common_emails(cells: Sequence[str]) -> list[str]:
    """Give each cell that `email` gives back as it is, in one go; "" for the others."""
    if not cells:
        return []
    joined = "\n".join(cells)
    if joined.count("\n") >= len(cells) or max(map(len, cells), default=0) > _PLAIN_LENGTH:
        joined = "\n".join(["" if len(cell) > _PLAIN_LENGTH or "\n" in cell else cell for cell in cells])
    found: list[str] = _PLAIN_LINES.findall(joined)
    return found


def email(text: str) -> str | Problem:
    """Give the normalised address (domain in lower case), or the problem with it; never raises.

    `text` is a cell that is not empty. Wrappers such as ``mailto:`` are taken off silently, mended
    slips come back as warnings, several addresses in one cell are an error.
    """
    return _ordinary(text) or _closely(text)


def email_reference(text: str) -> str | Problem:
    """`email` by the library alone: slower, and the measure for the fast path."""
    return _read(text, _validated)


@lru_cache(4096)  # a file has few kinds of mistakes, and many of each
def _closely(text: str) -> str | Problem:
    return _read(text, _quickly_validated)


def _read(text: str, valid: "Validator") -> str | Problem:
    if len(text) > _LONGEST:
        return _invalid(text, "is much too long to be an email address")
    clean = _unwrapped(text)
    if clean.lower().startswith(("/o=", "ex:/o=")):
        return _invalid(
            text, "is an address inside Exchange, not an email address; export the contact's SMTP address"
        )
    address = valid(clean)
    if address is not None:
        return address
    named = _NAMED.fullmatch(clean)
    if named:
        address = valid(_unwrapped(named.group(2)))
        if address is not None:
            return warning("email_mended", f"{shown(text)} holds a name too; sent as {address}", address)
    if _SEVERAL.search(clean):
        return _invalid(
            text,
            "holds more than one email address; put each in a column of its own, or split the column in the "
            "mapping",
        )
    return _mended(text, clean, valid) or _failure(text, clean)


# --- taking off what is around an address ---------------------------------------------------------

_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_MAILTO: Final = re.compile(r"(?:mailto|smtp|e-?mail|mail)\s*:\s*(?://)?", re.IGNORECASE)
_NAMED: Final = re.compile(r"([^<>]*)<\s*([^<>]+?)\s*>[\s,;.]*")
_SEVERAL: Final = re.compile(r"@[^@\s,;|/<>]+\.[^@\s,;|/<>]+[\s,;|/<>&]+(?:[^@]*[\s,;|/<>&])?[^@\s,;|/<>]+@")
_PAIRS: Final = {"<": ">", "(": ")", "[": "]", '"': '"', "'": "'", "{": "}", "\u201c": "\u201d"}


def _unwrapped(text: str) -> str:
    """Without blanks, invisible signs, ``mailto:``, brackets or quotes around, and stops behind."""
    clean = _INVISIBLE.sub("", text).strip()
    for _ in range(4):
        before = clean
        clean = _MAILTO.sub("", clean, count=1) if _MAILTO.match(clean) else clean
        if len(clean) > 2 and _PAIRS.get(clean[0]) == clean[-1] and "@" in clean and not _quoted_local(clean):
            clean = clean[1:-1]
        clean = clean.rstrip(" \t\r\n.,;:").strip()
        if clean == before:
            break
    if before_query := re.match(r"([^?\s]+@[^?\s]+)\?(?:subject|body|cc|bcc)=", clean, re.IGNORECASE):
        clean = before_query.group(1)
    return clean


def _quoted_local(text: str) -> bool:
    return text[0] == '"' and '"@' in text


Validator: TypeAlias = Callable[[str], str | None]
"""An address -> how it is sent, None when it is not valid."""


def _validated(address: str) -> str | None:
    return _asked(address)[0]


def _quickly_validated(address: str) -> str | None:
    """`_validated`, without the library for ordinary addresses and for what it never takes."""
    found = _ordinary(address)
    return found if found is not None or _HOPELESS.match(address) else _validated(address)


_HOPELESS: Final = re.compile(r'(?![^"]*")(?:[^@]*$|[^@]*@[^@]*@|.*[\s,;:<>()\[\]\\])', re.DOTALL | re.ASCII)
"""Outside of quotes an address has one @, and none of these signs."""


def _ordinary(text: str) -> str | None:
    """The normalised address, None where it takes a closer look."""
    if len(text) <= _PLAIN_LENGTH and _PLAIN_CELL.fullmatch(text) is not None:
        return text
    match = _ORDINARY.fullmatch(text)
    if match is None or len(text) > 254:
        return None
    local, domain, top = match.groups()
    if len(local) > 64 or len(domain) > 253 or top.lower() in _RESERVED or local.lower() in _FOLDED:
        return None
    return f"{local}@{domain.lower()}"


def _asked(address: str) -> tuple[str | None, str]:
    """(The normalised address, "") or (None, why not)."""
    # Imported late: it costs 20 ms, and most addresses never come here.
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415

    try:
        return validate_email(address, check_deliverability=False, strict=True).normalized, ""
    except EmailNotValidError as error:
        return None, str(error)


# --- mending -----------------------------------------------------------------------------------

_PROVIDERS: Final = (
    "gmail.com", "googlemail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com", "live.com",
    "msn.com", "aol.com", "me.com", "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "web.de", "t-online.de",
    "freenet.de", "hotmail.fr", "orange.fr", "wanadoo.fr", "free.fr", "laposte.net", "libero.it",
    "hotmail.it", "hotmail.co.uk", "yahoo.co.uk", "btinternet.com", "bluewin.ch", "proton.me",
    "protonmail.com", "comcast.net", "verizon.net",
)  # fmt: skip
_RUN_TOGETHER: Final = {provider.replace(".", ""): provider for provider in _PROVIDERS}


_WIDE: Final = str.maketrans({"\uff20": "@", "\ufe6b": "@", "\uff0e": "."})


def _mended(text: str, clean: str, valid: Validator) -> Problem | None:
    """A slip with only one explanation: blanks around @ or dots are mended, the rest is suggested."""
    tight = re.sub(r"\s*([@.])\s*", r"\1", clean.translate(_WIDE))
    address = valid(tight)
    if address is not None:
        return warning("email_mended", f"{shown(text)} was read as {address}: without the blanks", address)
    for candidate, what in _slips(tight):
        address = valid(candidate)
        if address is not None:
            return Problem(
                "email_invalid",
                f"{shown(text)} is not an email address: {what}; probably {address}",
                suggestion=address,
            )
    return None


def _slips(text: str) -> list[tuple[str, str]]:
    slips = [
        (re.sub(r"\s*[\[({]\s*(?:at|ät)\s*[\])}]\s*", "@", text, flags=re.IGNORECASE), "it has no @"),
        (re.sub(r"@{2,}", "@", text), "@ stands twice"),
        (re.sub(r"\.{2,}", ".", text), "two dots stand side by side"),
        (re.sub(r"(@[\w-]+),([a-z]{2,})$", r"\1.\2", text), "a comma stands in place of a dot"),
        (re.sub(r"(@[\w-]+);([a-z]{2,})$", r"\1.\2", text), "a semicolon stands in place of a dot"),
        (re.sub(r"\.@", "@", text), "a dot stands before the @"),
        (re.sub(r"@\.", "@", text), "a dot stands after the @"),
    ]
    local, at, domain = text.rpartition("@")
    if at and domain.lower() in _RUN_TOGETHER:
        slips.append((f"{local}@{_RUN_TOGETHER[domain.lower()]}", "the dot in its last part is missing"))
    return [(candidate, what) for candidate, what in slips if candidate != text]


# --- saying what is wrong -------------------------------------------------------------------------


def _failure(text: str, clean: str) -> Problem:
    local, at, domain = clean.rpartition("@")
    if not at:
        return _invalid(text, "is not an email address: it has no @")
    if not local:
        return _invalid(text, "is not an email address: nothing stands before the @")
    if not domain:
        return _invalid(text, "is not an email address: nothing stands after the @")
    if "@" in local and not local.startswith('"'):
        return _invalid(text, "is not an email address: @ stands in it more than once")
    if re.search(r"\s", clean):
        return _invalid(text, "is not an email address: it contains a blank")
    if "." not in domain:
        return _invalid(
            text,
            f"is not an email address: {shown(domain)} after the @ has no ending such as .com; "
            "compare it with the source",
        )
    if domain.rpartition(".")[2].lower() in _RESERVED:
        return _invalid(
            text, f"can receive no mail: names that end in .{domain.rpartition('.')[2]} are reserved"
        )
    _address, reason = _asked(clean)
    return _invalid(text, f"is not an email address: {reason[:1].lower()}{reason[1:].rstrip('.')}")


def _invalid(text: str, why: str) -> Problem:
    return Problem("email_invalid", f"{shown(text)} {why}")
