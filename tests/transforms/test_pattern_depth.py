"""The first digits decide: texts that begin alike, as far as the depth of a pattern says, get one answer."""

import random
import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.transforms.pattern_depth import UnknownPatternError, pattern_depth
from importer.transforms.phone_direct import at_home, behind_zeros, with_sign, with_sign_and_trunk
from importer.transforms.phone_plan import prefixes

DIGITS = "0123456789"
ONE = st.sampled_from(
    ("0", "1", "2", r"\d", "[01]", "[2-9]", r"\d{2}", "[12]{2}", "1?", r"\d{1,3}", "[0-5]{0,2}")
)


def combined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Groups, alternatives, lookaheads and repetitions of parts."""
    sequence = st.lists(parts, min_size=1, max_size=3).map("".join)
    choice = st.lists(sequence, min_size=1, max_size=3).map("|".join)
    return st.one_of(
        sequence,
        choice.map(lambda text: f"(?:{text})"),
        choice.map(lambda text: f"({text})?"),
        choice.map(lambda text: f"(?:{text}){{2}}"),
        choice.map(lambda text: f"(?={text})"),
        choice.map(lambda text: f"(?!(?:{text})$)"),
    )


PATTERNS = st.recursive(ONE, combined, max_leaves=8)
TEXTS = st.text(alphabet="0123", min_size=5, max_size=5)


@given(pattern=PATTERNS, first=TEXTS, second=TEXTS, known=st.integers(0, 3))
def test_texts_that_begin_alike_get_one_answer(pattern: str, first: str, second: str, known: int) -> None:
    """Nothing behind the depth changes whether a pattern matches."""
    depth = pattern_depth(pattern, first[:known])
    other = first[:depth] + second[depth:]
    for match in (re.fullmatch, re.match):
        assert (match(pattern, first) is None) == (match(pattern, other) is None)


@pytest.mark.parametrize(
    ("pattern", "known", "depth"),
    [
        (r"[2-9]\d{9}", "", 1),
        (r"2(?:01|3[0-4])\d{7}|9\d{9}", "", 3),
        (r"2(?:01|3[0-4])\d{7}|9\d{9}", "9", 1),
        (r"2(?:01|3[0-4])\d{7}|9\d{9}", "20", 3),
        (r"\d{3}7?\d{4}", "", 4),
        (r"(?=(?:1\d{4}|22\d{2})$)\d{5}", "3", 1),
        (r"(?!00)\d{8}", "", 2),
        (r"(?:\d{2}5){2}", "", 6),
    ],
)
def test_the_depth_of_plain_patterns(pattern: str, known: str, depth: int) -> None:
    """It is no greater than it has to be: else nothing would be gained."""
    assert pattern_depth(pattern, known) == depth


@pytest.mark.parametrize("pattern", [r"1*", r"\w", r"(?<=1)2", r"[^1]", r"(1", r"1)", r"1{2,}", "^1"])
def test_other_patterns_are_refused(pattern: str) -> None:
    """What cannot be read is not guessed."""
    with pytest.raises(UnknownPatternError):
        pattern_depth(pattern)


def test_every_numbering_plan_can_be_read() -> None:
    """For each region, form and length: digits behind the depth may be any."""
    chance = random.Random(20261126)
    looked = 0
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        code = prefixes(region).calling_code
        for count in (8, 10, 11):
            forms = [(at_home(region, count, form), "") for form in ("code", "trunk", "")]
            forms += [(with_sign(code, count), f"+{code}"), (behind_zeros(code, count), f"00{code}")]
            forms.append((with_sign_and_trunk(code, count), f"+{code}{prefixes(region).trunk}"))
            for spelling, begin in forms:
                if spelling is None:
                    continue
                length = count + (begin[:1] == "+") + 2 * (begin[:2] == "00")
                for _ in range(6):
                    text = (begin + "".join(chance.choices(DIGITS, k=length)))[:length]
                    depth = spelling.depth(text[:4])
                    other = text[:depth] + "".join(chance.choices(DIGITS, k=length - depth))
                    assert spelling.accepts(text) == spelling.accepts(other), (region, text, other)
                    assert spelling.verdicts[text[:depth]] == spelling.accepts(text)
                    looked += spelling.accepts(text)
    assert looked > 1_000  # the plans accept something at all
