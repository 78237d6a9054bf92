"""What the rest of the program relies on: restartable, in order, in pieces, picklable."""

import csv
import io
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.errors import SourceError
from importer.source import SourceOptions, open_source, parse_block
from importer.source.chunk import Chunk

ROWS = [[str(k), f"Name {k}"] for k in range(25)]
TEXT = "id,name\n" + "".join(f"{','.join(row)}\n" for row in ROWS)
SAMPLES = sorted((Path(__file__).parents[2] / "sample_data").glob("*.csv"))


def cells(chunks: list[Chunk]) -> list[list[str]]:
    return [row for chunk in chunks for row in chunk.frame.to_numpy().tolist()]


@pytest.fixture
def contacts(tmp_path: Path) -> Path:
    path = tmp_path / "contacts.csv"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_it_can_be_read_twice(contacts: Path) -> None:
    """The check and the sending see the same rows."""
    with open_source(contacts, SourceOptions()) as source:
        assert cells(list(source.chunks())) == ROWS
        assert cells(list(source.chunks())) == ROWS


def test_chunks_are_no_longer_than_asked_and_numbered_on(contacts: Path) -> None:
    """Numbers and lines go on over the chunks, and each frame counts from 0."""
    with open_source(contacts, SourceOptions(), chunk_rows=10) as source:
        chunks = list(source.chunks())
    assert [len(chunk) for chunk in chunks] == [10, 10, 5]
    assert [number for chunk in chunks for number in chunk.numbers] == list(range(1, 26))
    assert [line for chunk in chunks for line in chunk.lines] == list(range(2, 27))
    assert all(list(chunk.frame.index) == list(range(len(chunk))) for chunk in chunks)
    assert {str(kind) for chunk in chunks for kind in chunk.frame.dtypes} == {"object"}


@pytest.mark.parametrize("limit", [0, 1, 10, 11, 25, 99])
def test_the_limit_is_the_number_of_rows(contacts: Path, limit: int) -> None:
    """The first rows and no others."""
    with open_source(contacts, SourceOptions(), chunk_rows=10) as source:
        assert cells(list(source.chunks(limit))) == ROWS[:limit]


def test_blocks_travel_to_other_processes(contacts: Path) -> None:
    """A pickled block gives the same rows as the chunks do."""
    with open_source(contacts, SourceOptions(), chunk_rows=10) as source:
        assert cells([source.parse(block) for block in source.blocks()]) == ROWS
        parsed = [parse_block(pickle.loads(pickle.dumps(block))) for block in source.blocks()]  # noqa: S301
        assert cells(parsed) == cells(list(source.chunks()))
        assert [list(chunk.numbers) for chunk in parsed] == [list(chunk.numbers) for chunk in source.chunks()]


def test_columns_that_nobody_reads_are_left_out(tmp_path: Path) -> None:
    """The wanted columns, the issues and the surplus are those of the whole row, damaged rows included."""
    path = tmp_path / "contacts.csv"
    odd = '1,"a\nb",Ada\n2,x\n3,y,Grace,more\n4,n\0,"Al"an\n'
    path.write_text("id,note,name\n" + "5,,Ken\n" * 9 + odd + "6,,Tim\n" * 9, encoding="utf-8")
    issues = 0
    with open_source(path, SourceOptions()) as source:
        for block in source.blocks():
            whole, part = parse_block(block), parse_block(block, {"id", "name", "no such column"})
            assert list(part.frame.columns) == ["id", "name"]
            assert part.frame.equals(whole.frame[["id", "name"]])
            assert (part.issues, part.surplus) == (whole.issues, whole.surplus)
            assert list(parse_block(block, set()).numbers) == list(whole.numbers)
            issues += sum(map(len, whole.issues.values()))
    assert issues == 4


def test_standard_input_is_read_twice_and_its_copy_removed() -> None:
    """A pipe can only be read once, so a copy is kept until the source is closed."""
    source = open_source("-", SourceOptions(), stdin=io.BytesIO(TEXT.encode()))
    copy = source._reader._source.path  # nothing public names the copy
    with source:
        assert cells(list(source.chunks())) == cells(list(source.chunks())) == ROWS
        assert source.description.startswith("standard input: UTF-8")
    assert not copy.exists()


def test_standard_input_of_the_process_is_the_default() -> None:
    """`-` means what it means to every command."""
    program = (
        "from importer.source import *; s = open_source('-', SourceOptions()); "
        "print(sum(map(len, s.chunks()))); s.close()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=TEXT.encode(), capture_output=True, check=True
    )
    assert done.stdout.strip() == b"25"


def test_a_change_of_the_file_is_seen(contacts: Path) -> None:
    """The sending can refuse to go on with another file than the one that was checked."""
    with open_source(contacts, SourceOptions()) as source:
        assert not source.changed()
        contacts.write_text(TEXT + "99,Late\n", encoding="utf-8")
        assert source.changed()
        contacts.unlink()
        assert source.changed()


def test_surplus_cells_are_kept(tmp_path: Path) -> None:
    """The corrections file can give back every cell of a row that is too long."""
    path = tmp_path / "long.csv"
    path.write_text("a,b\n1,2,3,4\n5,6\n", encoding="utf-8")
    with open_source(path, SourceOptions()) as source:
        (chunk,) = source.chunks()
    assert chunk.surplus == {0: ("3", "4")}
    assert chunk.cell_names is None
    assert "4 cells, the heading has 2" in chunk.issues[0][0].message


def rows_or_sentence(path: Path) -> str:
    try:
        with open_source(path, SourceOptions()) as source:
            return str(sum(len(chunk) for chunk in source.chunks()))
    except SourceError as error:
        return str(error)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_with_a_name_is_read_like_standard_input(tmp_path: Path) -> None:
    """`run <(unpack contacts)` hands over a pipe, which can only be read once."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(TEXT,), kwargs={"encoding": "utf-8"})
    writer.start()
    with open_source(pipe, SourceOptions()) as source:
        writer.join()
        assert cells(list(source.chunks())) == cells(list(source.chunks())) == ROWS


@settings(max_examples=150)
@given(
    start=st.sampled_from(
        [b"", b"a,b\n1,2\n", b"\xff\xfe", b"PK\x03\x04", b"\x1f\x8b\x08\x00", b"\xd0\xcf\x11\xe0"]
    ),
    data=st.binary(max_size=200),
)
def test_no_bytes_bring_anything_but_rows_or_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, start: bytes, data: bytes
) -> None:
    """Whatever the file, it is read or refused by SourceError."""
    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_bytes(start + data)
    assert rows_or_sentence(path) > "0"


def test_a_missing_file_brings_the_nearest_name(contacts: Path) -> None:
    """A slip of the finger is told, with the name that was meant."""
    with pytest.raises(SourceError, match=r"Did you mean .*contacts\.csv"):
        open_source(contacts.with_name("contact.csv"), SourceOptions())


def test_a_file_that_shrinks_while_it_is_read_is_refused(contacts: Path) -> None:
    """Bytes that are no longer what was surveyed are not taken for rows."""
    with open_source(contacts, SourceOptions()) as source:
        contacts.write_bytes(b"id,name\n" + b"\xff" * 400)
        with pytest.raises(SourceError, match="has changed while it was being read"):
            list(source.chunks())
        contacts.unlink()
        with pytest.raises(SourceError, match="cannot be read"):
            list(source.chunks())


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """When not even the folder exists, that is what is said."""
    with pytest.raises(SourceError, match="does not exist either"):
        open_source(tmp_path / "nowhere" / "x.csv", SourceOptions())


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """A folder is refused as such."""
    with pytest.raises(SourceError, match="is a folder"):
        open_source(tmp_path, SourceOptions())


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="needs a user who may be refused")
def test_a_file_without_permission_is_told(contacts: Path) -> None:
    """The person learns that it is the permission."""
    contacts.chmod(0)
    with pytest.raises(SourceError, match="may not be read"):
        open_source(contacts, SourceOptions())


def test_a_broken_byte_far_down_is_found_on_opening(tmp_path: Path) -> None:
    """The whole file is of one encoding, or it is refused before the first row."""
    path = tmp_path / "long.csv"
    lines = ["a,b\n", *("é,ü\n" for _ in range(300_000))]
    path.write_bytes("".join(lines).encode() + b"\xfc,1\n")
    with pytest.raises(SourceError, match="line 300002: byte 0xFC at offset 1800004"):
        open_source(path, SourceOptions())


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_every_sample_is_read(path: Path) -> None:
    """The files that come with the program have headings and rows."""
    with open_source(path, SourceOptions()) as source:
        assert sum(len(chunk) for chunk in source.chunks()) > 0
        assert len(source.headings) > 1


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@settings(max_examples=150)
@given(
    rows=st.lists(st.tuples(ANY_TEXT, ANY_TEXT, ANY_TEXT), min_size=1, max_size=6),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "gb18030"]),
)
def test_any_text_survives_reading(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str, str]],
    delimiter: str,
    line_end: str,
    encoding: str,
) -> None:
    """Every cell comes back as it was written, whatever the text, delimiter, line end and encoding."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerows([("first", "second", "third"), ("1", "2", "3"), *rows])
    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_bytes(written.getvalue().encode(encoding))
    with open_source(path, SourceOptions(encoding=encoding)) as source:
        found = cells(list(source.chunks()))
    filled = [list(row) for row in rows if any(cell.strip(" \t\r\n\x1a") for cell in row)]
    assert found == [["1", "2", "3"], *filled]


@pytest.mark.parametrize("positions", [[1, 2, 3], [3], [2, 4], [0, 4], range(5)])
def test_some_rows_of_a_block_are_a_block(tmp_path: Path, positions: Sequence[int]) -> None:
    """Picked rows keep their numbers, lines, cells and what is wrong with them; positions count anew."""
    path = tmp_path / "odd.csv"
    path.write_bytes(b'a,b\n1,2\n3,"x\ny"\n5\n7,8,9\r\n\n10,"1\x001"\n')
    with open_source(path, SourceOptions()) as source:
        block = next(source.blocks())
    whole, picked = parse_block(block), parse_block(block.take(positions))
    places = {position: place for place, position in enumerate(positions)}
    assert cells([picked]) == [cells([whole])[position] for position in positions]
    assert list(picked.frame.index) == list(range(len(positions)))
    assert list(picked.numbers) == [position + 1 for position in positions]
    assert list(picked.lines) == [whole.lines[position] for position in positions]
    assert picked.issues == {places[at]: found for at, found in whole.issues.items() if at in places}
    assert picked.surplus == {places[at]: found for at, found in whole.surplus.items() if at in places}


@pytest.mark.parametrize("path", [*SAMPLES, *SAMPLES[0].parent.glob("*.xlsx")], ids=lambda path: path.name)
def test_some_rows_of_a_real_export_are_what_they_are_beside_the_others(path: Path) -> None:
    """Of text and of workbooks."""
    with open_source(path, SourceOptions()) as source:
        block = next(source.blocks())
    positions = range(1, len(block), 3)
    whole, picked = parse_block(block), parse_block(block.take(positions))
    assert cells([picked]) == [cells([whole])[position] for position in positions]
    for place, position in enumerate(positions):
        assert picked.numbers[place] == whole.numbers[position]
        assert picked.lines[place] == whole.lines[position]
        assert picked.issues.get(place) == whole.issues.get(position)
    assert picked.cell_names == whole.cell_names
