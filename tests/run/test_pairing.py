"""Rows and contacts are tied where there is one best match on both sides, and never by guessing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.run.book_index import MOST_SHARING, BookIndex
from importer.run.pairing import ACCOUNT, DOUBTFUL, EMAIL, EQUAL, PHONE, Pair, paired, strength

WRITTEN = ("display_name", "emails", "phone_numbers", "account_number")
ANN = {
    "display_name": "Ann Example",
    "emails": ["ann@example.com"],
    "phone_numbers": ["+12125550100"],
    "account_number": "A1",
}
NO_ACCOUNT = {name: value for name, value in ANN.items() if name != "account_number"}

STRENGTHS = [
    pytest.param(ANN, ANN, EQUAL, EQUAL, id="equal"),
    pytest.param(
        ANN, {**ANN, "role": "CEO"}, EQUAL, EQUAL, id="what the mapping does not write is no matter"
    ),
    pytest.param(ANN, {"display_name": "X", "account_number": "A1"}, ACCOUNT, ACCOUNT, id="account number"),
    pytest.param(ANN, {**ANN, "account_number": "A2"}, 0, 0, id="two customers"),
    pytest.param(ANN, {"display_name": "A", "emails": ["ANN@example.com"]}, EMAIL, EMAIL + 20, id="email"),
    pytest.param(
        NO_ACCOUNT,
        {"display_name": "Example, Ann", "phone_numbers": ["+1 212-555-0100"]},
        PHONE,
        EMAIL - 1,
        id="phone and name",
    ),
    pytest.param(
        NO_ACCOUNT,
        {"display_name": "Bob Other", "phone_numbers": ["+12125550100"]},
        DOUBTFUL,
        DOUBTFUL,
        id="phone of somebody else",
    ),
    pytest.param(ANN, {"display_name": "Ann Example", "emails": ["b@example.com"]}, 0, 0, id="name alone"),
]


@pytest.mark.parametrize(("ours", "theirs", "least", "most"), STRENGTHS)
def test_what_speaks_for_a_pair(
    ours: dict[str, object], theirs: dict[str, object], least: int, most: int
) -> None:
    """Account number before email before phone; names alone say nothing, other account numbers contradict."""
    assert least <= strength(ours, theirs, WRITTEN) <= most


PAIRS = [
    pytest.param([(1, 1, 60), (2, 2, 60)], {1: 1, 2: 2}, set(), id="each its own"),
    pytest.param([(1, 1, 60), (1, 2, 90)], {1: 2}, set(), id="the stronger one"),
    pytest.param([(1, 1, 60), (1, 2, 60)], {}, {1}, id="two contacts, equally good"),
    pytest.param([(1, 1, 60), (2, 1, 60)], {}, {1, 2}, id="two rows, equally good"),
    pytest.param([(1, 1, 60), (2, 1, 90)], {2: 1}, set(), id="the weaker row goes empty"),
    pytest.param([(1, 1, 60), (2, 1, 60), (1, 2, 30)], {}, {1, 2}, id="no consolation prize"),
    pytest.param([(1, 1, 100), (1, 2, 100), (2, 1, 100), (2, 2, 100)], {1: 1, 2: 2}, set(), id="twins"),
    pytest.param([(1, 1, 100), (1, 2, 100)], {1: 1}, set(), id="one row, two equal contacts"),
    pytest.param([(1, 1, 1)], {}, {1}, id="a doubtful one is for a person to decide"),
]


@pytest.mark.parametrize(("pairs", "tied", "ambiguous"), PAIRS)
def test_which_pairs_are_tied(
    pairs: list[tuple[int, int, int]], tied: dict[int, int], ambiguous: set[int]
) -> None:
    """The best on both sides, and ties for nobody."""
    found = paired(Pair(*pair) for pair in pairs)
    assert dict(found.tied) == tied
    assert set(found.ambiguous) == ambiguous


@given(
    st.lists(
        st.tuples(st.integers(1, 6), st.integers(0, 5), st.sampled_from([1, 30, 60, 90, 100])),
        unique_by=lambda pair: pair[:2],
    )
)
def test_no_contact_is_given_twice_and_order_does_not_matter(pairs: list[tuple[int, int, int]]) -> None:
    """Whatever speaks for whom: one row, one contact; the same pairs in any order give the same answer."""
    found = paired(Pair(*pair) for pair in pairs)
    assert len(set(found.tied.values())) == len(found.tied)
    assert found.tied.keys().isdisjoint(found.ambiguous)
    again = paired(Pair(*pair) for pair in reversed(pairs))
    assert (dict(again.tied), set(again.ambiguous)) == (dict(found.tied), set(found.ambiguous))


def test_the_index_finds_who_shares_a_value() -> None:
    """By account number, email whatever its capitals, phone whatever its spelling; whole."""
    with BookIndex() as index:
        index.add([{"contact_id": "a", "emails": ["X@example.com"]}, {"contact_id": "b", "company": "none"}])
        index.add(
            [{"contact_id": "c", "phones": [{"phone_number": "+1 212 555 0100"}], "account_number": "7"}]
        )
        index.freeze()
        assert len(index) == 3
        assert index.sharing({"emails": ["x@EXAMPLE.com"]}) == [0]
        assert index.sharing({"phone_numbers": ["+12125550100"], "emails": ["x@example.com"]}) == [0, 2]
        assert index.sharing({"account_number": "7"}) == [2]
        assert index.sharing({"account_number": "x@example.com"}) == []
        assert index.contact(1) == {"contact_id": "b", "company": "none"}


def test_a_number_that_everybody_has_tells_nobody_apart() -> None:
    """A switchboard is no candidate for thousands of pairs."""
    with BookIndex() as index:
        index.add({"contact_id": str(n), "phone_numbers": ["+12125550100"]} for n in range(MOST_SHARING + 1))
        index.freeze()
        assert index.sharing({"phone_numbers": ["+12125550100"]}) == []


def test_an_empty_book() -> None:
    """Nobody is found in it."""
    with BookIndex() as index:
        index.freeze()
        assert index.sharing({"phone_numbers": ["+12125550100"]}) == []
