"""Duplicates are found exactly, however much of them had to go to disk."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from importer.duplicates import DuplicateFinder, digests

ROWS = st.lists(st.lists(st.sampled_from(["a", "b", "c", "", "ä", "long " * 9]), max_size=3), max_size=60)


@given(rows=ROWS, held=st.integers(1, 40), chunk=st.integers(1, 20))
def test_the_groups_are_those_of_a_dictionary(rows: list[list[str]], held: int, chunk: int) -> None:
    """Against the naive model: a dictionary from value to the set of its rows."""
    pairs = [(value, number) for number, values in enumerate(rows, 1) for value in values]
    naive: defaultdict[str, set[int]] = defaultdict(set)
    for value, number in pairs:
        naive[value].add(number)
    expected = sorted(tuple(sorted(numbers)) for numbers in naive.values() if len(numbers) > 1)
    with DuplicateFinder(held=held) as finder:
        for start in range(0, len(pairs), chunk):
            part = pairs[start : start + chunk]
            finder.add(digests([value for value, _ in part]), [number for _, number in part])
        repeated = finder.repeated()
        groups = list(repeated.all_groups())
        assert sorted(groups) == expected
        assert [group[0] for group in groups] == sorted(group[0] for group in groups)
        assert repeated.group_count == len(expected)
        shared = sorted({number for group in expected for number in group})
        assert [number for some in repeated.numbers() for number in some] == sorted(
            number for group in expected for number in group
        )
        assert sorted(number for some in repeated.unordered() for number in some) == sorted(
            number for group in expected for number in group
        )
        assert repeated.first_groups() == groups[:5]
        assert repeated.between(1, len(rows)) == shared
        for number in range(1, len(rows) + 1):
            mine = [group for group in expected if number in group]
            others = {other for group in mine for other in group} - {number}
            assert set(repeated.others(number, most=100)) == others
            assert len(repeated.others(number)) == min(len(others), 5)
            assert set(repeated.others(number)) <= others
            if len(mine) == 1:
                assert repeated.rank(number) == mine[0].index(number)
                assert repeated.last(number) == mine[0][-1]


def test_only_the_first_others_are_named() -> None:
    """A value that stands in a thousand rows does not make a message of a thousand numbers."""
    with DuplicateFinder() as finder:
        finder.add(digests(["same"] * 1000), range(1, 1001))
        repeated = finder.repeated()
        assert repeated.others(500) == (1, 2, 3, 4, 5)
        assert repeated.others(2) == (1, 3, 4, 5, 6)


def test_rank_and_last_tell_the_rows_of_one_value_apart() -> None:
    """The first row has rank 0; rows that are alone are their own last."""
    with DuplicateFinder() as finder:
        finder.add(digests(["a", "b", "a", "a"]), [3, 4, 7, 9])
        repeated = finder.repeated()
        assert [repeated.rank(number) for number in (3, 4, 7, 9, 99)] == [0, 0, 1, 2, 0]
        assert [repeated.last(number) for number in (3, 4, 7, 9)] == [9, 4, 9, 9]


def test_nothing_in_nothing_out() -> None:
    """An empty file has no duplicates."""
    with DuplicateFinder() as finder:
        assert list(finder.repeated().all_groups()) == []
        assert finder.repeated().others(1) == ()


def test_rows_beyond_one_block_are_found() -> None:
    """Ten thousand rows in pairs, far apart: every row finds its partner wherever it is on disk."""
    numbers = list(range(1, 10_001))
    with DuplicateFinder(held=700) as finder:
        finder.add(digests([str(number % 5000) for number in numbers]), numbers)
        repeated = finder.repeated()
        assert repeated.group_count == 5000
        assert repeated.row_count == 10_000
        for number in (1, 4096, 4097, 5000, 5001, 8192, 10_000):
            partner = number + 5000 if number <= 5000 else number - 5000
            assert repeated.others(number) == (partner,)
            assert repeated.last(number) == max(number, partner)
        assert repeated.between(4090, 4100) == list(range(4090, 4101))
        assert list(repeated.all_groups()) == [(number, number + 5000) for number in range(1, 5001)]
