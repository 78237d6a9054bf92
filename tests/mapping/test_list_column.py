"""A list kept by its columns says of every row what a list of rows would say."""

from hypothesis import given
from hypothesis import strategies as st

from importer.mapping.list_column import ListColumn

CELL = st.sampled_from(("", "+441134960123", "ada@example.com", "x"))
SIZE = 5


@st.composite
def columns(draw: st.DrawFn) -> ListColumn:
    """Some columns, plain or typed, and some rows of which they do not tell."""
    typed = draw(st.booleans())
    item = CELL.map(lambda text: (text, "work") if text and typed else text)
    some = st.lists(item, min_size=SIZE, max_size=SIZE)
    several = st.lists(item.filter(bool), max_size=3).map(tuple)
    special = draw(st.dictionaries(st.integers(0, SIZE - 1), several))
    return ListColumn(SIZE, typed, draw(st.lists(some, max_size=3)), special)


@given(columns())
def test_all_ways_to_ask_agree(column: ListColumn) -> None:
    """Rows one by one and all together, who has anything, and all values with their rows."""
    rows = [column.row(position) for position in range(SIZE)]
    assert list(column.rows) == rows
    assert column.filled.tolist() == [bool(row) for row in rows]
    texts = [[item if isinstance(item, str) else item[0] for item in row] for row in rows]
    values, positions = column.values()
    assert sorted(zip(positions.tolist(), values, strict=True)) == sorted(
        (position, text) for position, row in enumerate(texts) for text in row
    )
