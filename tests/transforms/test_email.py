"""Email addresses: normalised, mended where certain, and never let through against the library."""

import pytest
from email_validator import validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.transforms.email import email, email_reference
from importer.transforms.problem import Problem

RIGHT = {
    "plain": ("ada@example.com", "ada@example.com"),
    "domain in capitals": ("Ada.King@Example.COM", "Ada.King@example.com"),
    "role name": ("INFO@example.com", "info@example.com"),
    "mailto": ("mailto:ada@example.com?subject=Hello", "ada@example.com"),
    "angle brackets": ("<ada@example.com>", "ada@example.com"),
    "quotes": ("'ada@example.com'", "ada@example.com"),
    "full stop behind": ("ada@example.com.", "ada@example.com"),
    "semicolon behind": ("ada@example.com; ", "ada@example.com"),
    "zero-width blank": ("\u200bada@example.com\ufeff", "ada@example.com"),
    "no-break blank": ("\u00a0ada@example.com", "ada@example.com"),
    "international": ("j\u00f6rg@b\u00fccher.example.com", "j\u00f6rg@b\u00fccher.example.com"),
    "punycode": ("ada@xn--bcher-kva.example.com", "ada@b\u00fccher.example.com"),
    "example.org": ("a+b@mail.example.org", "a+b@mail.example.org"),
}

MENDED = {
    "name in front": "Ada King <ada@example.com>",
    "name in quotes": '"King, Ada" <ada@example.com>',
    "blanks around the sign": "ada @ example.com",
    "blank behind a dot": "ada@example. com",
    "full-width sign": "ada\uff20example.com",
}

SUGGESTED = {
    "comma for dot": ("ada@example,com", "ada@example.com"),
    "sign twice": ("ada@@example.com", "ada@example.com"),
    "dots twice": ("ada@example..com", "ada@example.com"),
    "no dot": ("ada@gmailcom", "ada@gmail.com"),
    "(at)": ("ada (at) example.com", "ada@example.com"),
    "dot before the sign": ("ada.@example.com", "ada@example.com"),
}

WRONG = {
    "no sign": "ada.example.com",
    "nothing before": "@example.com",
    "nothing behind": "ada@",
    "two signs": "ada@king@example.com",
    "blank inside": "ada king@example.com",
    "Exchange path": "/o=ExchangeLabs/ou=Exchange Administrative Group/cn=Recipients/cn=ada",
    "two addresses": "ada@example.com; jo@example.com",
    "two with a blank": "ada@example.com jo@example.com",
    "no ending": "ada@localhost",
    "reserved": "ada@server.invalid",
    "address literal": "ada@[192.0.2.1]",
    "long local part": f"{'a' * 65}@example.com",
    "hyphen in front": "ada@-example.com",
    "digits as ending": "ada@192.0.2.1",
}


@pytest.mark.parametrize(("text", "right"), RIGHT.values(), ids=RIGHT)
def test_an_address_is_normalised(text: str, right: str) -> None:
    """Wrappers come off without a word, the domain is written small."""
    assert email(text) == right


@pytest.mark.parametrize("text", MENDED.values(), ids=MENDED)
def test_a_certain_slip_is_mended_with_a_warning(text: str) -> None:
    """What goes on is the address, and the person is told what was around it."""
    outcome = email(text)
    assert isinstance(outcome, Problem)
    assert (outcome.code, outcome.severity, outcome.value) == ("email_mended", "warning", "ada@example.com")


@pytest.mark.parametrize(("text", "right"), SUGGESTED.values(), ids=SUGGESTED)
def test_a_typical_slip_is_suggested_but_not_sent(text: str, right: str) -> None:
    """A typing mistake is an error that names the probable address."""
    outcome = email(text)
    assert isinstance(outcome, Problem)
    assert (outcome.code, outcome.value, outcome.suggestion) == ("email_invalid", None, right)


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_what_is_no_address_is_refused(text: str) -> None:
    """An error names the value and gives nothing that could be sent."""
    outcome = email(text)
    assert isinstance(outcome, Problem)
    assert (outcome.code, outcome.severity, outcome.value) == ("email_invalid", "error", None)
    assert outcome.message.startswith(f'"{text[:40]}')


PIECES = st.sampled_from(
    ("@", "@@", ".", "-", "_", "+", " ", ",", ";", "<", ">", "(", "[", "\\", '"', '"a b"', "\n", "ada",
     "King", "info", "WWW", "example", "EXAMPLE.com", "com",
     "co.uk", "xn--",
     "xn--bcher-kva", "ab--c", "local", "test", "\u00fc", "\u00df", "1", "a" * 64, "b" * 63 + ".")
)  # fmt: skip
NOISE = st.one_of(
    st.lists(PIECES, min_size=1, max_size=7).map("".join),
    st.emails(),
    st.text(min_size=1, max_size=20).map(lambda text: f"{text}@example.com"),
)


@settings(max_examples=500)
@given(text=NOISE)
def test_both_paths_say_the_same(text: str) -> None:
    """`email` and `email_reference` give the same text or the same problem."""
    assert email(text) == email_reference(text)


@settings(max_examples=300)
@given(text=NOISE)
def test_only_valid_addresses_go_on(text: str) -> None:
    """What goes on is what the library makes of it, and reading it again changes nothing."""
    outcome = email(text)
    address = outcome.value if isinstance(outcome, Problem) else outcome
    if address is not None:
        assert validate_email(address, check_deliverability=False).normalized == address
        assert email(address) == address
