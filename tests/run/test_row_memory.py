"""A memory gives back what rows came to, and knows nothing wherever it may be wrong."""

import os
import runpy
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.cli.imports.memory import memory_place, program_digest
from importer.cli.inputs import Inputs, opened
from importer.mapping import CustomField, Mapper
from importer.run.memory_survey import survey_with_memory
from importer.run.row_memory import MemoryPlace, MemoryWriter, RowMemory
from importer.run.survey import ChunkSurvey, Wanted, survey_chunk
from importer.source import Block, SourceOptions, parse_block

ROOT = Path(__file__).parents[2]
WANTED = Wanted(fingerprints=True, shared=False)
TERMS = bytes(range(16))
FINGERPRINT = st.binary(min_size=16, max_size=16).map(bytes.hex)


def saved(
    place: MemoryPlace, cells: Sequence[int], fingerprints: Sequence[str], but: Sequence[int] = ()
) -> None:
    with MemoryWriter(place) as writer:
        writer.add(np.array(cells, dtype=np.uint64), fingerprints, but)
        writer.save()


def recalled(place: MemoryPlace, cells: Sequence[int]) -> dict[int, str]:
    """Position -> fingerprint."""
    known, fingerprints = RowMemory(place).recall(np.array(cells, dtype=np.uint64))
    return dict(zip(known.tolist(), fingerprints, strict=True))


@given(
    rows=st.dictionaries(st.integers(0, 2**64 - 1), FINGERPRINT, max_size=40),
    others=st.lists(st.integers(0, 2**64 - 1), max_size=10),
)
def test_what_was_saved_is_recalled(
    tmp_path_factory: pytest.TempPathFactory, rows: dict[int, str], others: list[int]
) -> None:
    """Every row, in any order, and no other."""
    place = MemoryPlace(tmp_path_factory.mktemp("memory") / "rows", TERMS)
    saved(place, list(rows), list(rows.values()))
    asked = [*others, *reversed(rows)]
    assert recalled(place, asked) == {
        position: rows[cells] for position, cells in enumerate(asked) if cells in rows
    }


def test_rows_without_a_contact_or_with_a_remark_are_left_out(tmp_path: Path) -> None:
    """What has to be said of a row is found anew each time."""
    place = MemoryPlace(tmp_path / "rows", TERMS)
    saved(place, [1, 2, 3, 4], ["a" * 32, "", "b" * 32, "c" * 32], but=[3])
    assert recalled(place, [1, 2, 3, 4]) == {0: "a" * 32, 2: "b" * 32}


def test_more_rows_than_are_held_in_memory(tmp_path: Path) -> None:
    """Digests from many chunks come out in one order."""
    place = MemoryPlace(tmp_path / "rows", TERMS)
    cells = np.random.default_rng(5).integers(0, 2**64 - 1, 500_000, dtype=np.uint64)
    with MemoryWriter(place) as writer:
        for chunk in np.split(cells, 50):
            writer.add(chunk, [f"{one:032x}" for one in chunk.tolist()], ())
        writer.save()
    known, fingerprints = RowMemory(place).recall(cells[::7])
    assert len(known) == len(cells[::7])
    assert fingerprints == [f"{one:032x}" for one in cells[::7].tolist()]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:0],
        lambda data: data[:-1],
        lambda data: data + b"\0",
        lambda data: b"x" + data[1:],
        lambda data: data[:32] + b"x" + data[33:],
        lambda data: data[:20],
        lambda data: data[:88] + bytes(len(data) - 88),
        lambda data: data[:-32] + bytes(32),
    ],
    ids=[
        "empty",
        "cut off",
        "longer",
        "no memory",
        "other terms",
        "half a header",
        "no digests",
        "no fingerprints",
    ],
)
def test_a_spoilt_memory_knows_nothing(tmp_path: Path, spoil) -> None:  # type: ignore[no-untyped-def]
    """It costs time, and gives nothing wrong."""
    place = MemoryPlace(tmp_path / "rows", TERMS)
    saved(place, [1, 2], ["a" * 32, "b" * 32])
    assert len(recalled(place, [1, 2])) == 2
    place.path.write_bytes(spoil(place.path.read_bytes()))
    assert recalled(place, [1, 2]) == {}


def test_a_missing_memory_knows_nothing(tmp_path: Path) -> None:
    """The first night."""
    assert recalled(MemoryPlace(tmp_path / "nowhere" / "rows", TERMS), [1]) == {}


def test_a_place_that_cannot_be_written_is_no_mishap(tmp_path: Path) -> None:
    """The run goes on, the next one maps every row, and the old memory stays whole."""
    place = MemoryPlace(tmp_path / "rows", TERMS)
    saved(place, [1], ["a" * 32])
    place.path.with_name("rows.new").mkdir()
    saved(place, [2], ["b" * 32])
    assert recalled(place, [1, 2]) == {0: "a" * 32}
    saved(MemoryPlace(tmp_path / "nowhere" / "rows", TERMS), [1], ["a" * 32])


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    """As with the ledger beside which it lies."""
    place = MemoryPlace(tmp_path / "rows", TERMS)
    saved(place, [1], ["a" * 32])
    assert place.path.stat().st_mode & 0o777 == 0o600


# --- the first pass ---------------------------------------------------------------------------------


def comparable(survey: ChunkSurvey) -> tuple[object, ...]:
    keys = sorted(zip(*(array.tolist() for array in survey.keys), strict=True))
    assert survey.lines is not None
    return (
        *(survey.rows, survey.skipped, survey.rejected.tolist(), survey.groups, keys, survey.ends_short),
        *(survey.lines.tolist(), survey.row_keys, survey.fingerprints, survey.remarked),
    )


def plain(block: Block, mapper: Mapper) -> ChunkSurvey:
    return survey_chunk(mapper.apply(parse_block(block, mapper.reads)), WANTED)


class Watched:
    """A mapper that counts the rows that it maps."""

    def __init__(self, mapper: Mapper) -> None:
        self.mapper, self.mapped = mapper, 0
        self.reads, self.keys = mapper.reads, mapper.keys

    def apply(self, chunk):  # type: ignore[no-untyped-def]
        self.mapped += len(chunk)
        return self.mapper.apply(chunk)


def blocks_of(inputs: Inputs) -> Iterator[Block]:
    """Blocks of 150 rows."""
    for block in inputs.source.blocks():
        for begin in range(0, len(block), 150):
            yield block.take(range(begin, min(begin + 150, len(block))))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """900 rows, a fifth of them with a defect."""
    path = tmp_path_factory.mktemp("memory") / "contacts.csv"
    runpy.run_path(str(ROOT / "tests/benchmarks/generate.py"))["write"](900, path, defects=0.2)
    return path


def remembered(path: Path, place: MemoryPlace) -> None:
    mapping = str(ROOT / "mappings/legacy_crm.yaml")
    with opened(str(path), mapping, SourceOptions()) as inputs, MemoryWriter(place) as writer:
        for block in blocks_of(inputs):
            found = survey_with_memory(block, inputs.mapper(), RowMemory(place), WANTED)
            assert found.cells is not None
            writer.add(found.cells, found.fingerprints, found.remarked)
        writer.save()


def test_with_a_memory_the_survey_is_the_same(file: Path, tmp_path: Path) -> None:
    """Of a changed file: keys, fingerprints, issues, counts and duplicates, row by row."""
    place = MemoryPlace(tmp_path / "rows", TERMS)
    remembered(file, place)
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    for number in range(3, len(lines), 9):
        lines[number] = lines[number].replace("Active", "Deleted").replace("example.", "example..")
    lines[700] = lines[700].rstrip().rpartition(",")[0] + "\n"
    tonight = tmp_path / "tonight.csv"
    tonight.write_text("".join([*lines[:450], *lines[449:]]), encoding="utf-8")
    with opened(str(tonight), str(ROOT / "mappings/legacy_crm.yaml"), SourceOptions()) as inputs:
        mapper, watched = inputs.mapper(), Watched(inputs.mapper())
        rows = 0
        for block in blocks_of(inputs):
            found = survey_with_memory(block, watched, RowMemory(place), WANTED)  # type: ignore[arg-type]
            assert comparable(found) == comparable(plain(block, mapper))
            rows += found.rows
    assert rows * 0.2 < watched.mapped < rows * 0.5


def test_a_block_that_is_as_it_was_is_not_mapped_at_all(tmp_path: Path) -> None:
    """Everything about it is in the memory."""
    mapping = "version: 1\nkey: id\ncontact: {display_name: name, emails: mail}\n"
    (tmp_path / "m.yaml").write_text(mapping)
    (tmp_path / "f.csv").write_text("id,name,mail\n1,Ada,a@example.com\n2,Bob,b@example.com\n")
    place = MemoryPlace(tmp_path / "rows", TERMS)
    with opened(str(tmp_path / "f.csv"), str(tmp_path / "m.yaml"), SourceOptions()) as inputs:
        block, watched = next(inputs.source.blocks()), Watched(inputs.mapper())
        for mapped in (2, 0):
            watched.mapped = 0
            found = survey_with_memory(block, watched, RowMemory(place), WANTED)  # type: ignore[arg-type]
            assert comparable(found) == comparable(plain(block, watched.mapper))
            assert watched.mapped == mapped
            assert found.cells is not None
            with MemoryWriter(place) as writer:
                writer.add(found.cells, found.fingerprints, found.remarked)
                writer.save()


def test_a_short_row_is_not_taken_for_one_with_empty_cells(tmp_path: Path) -> None:
    """Their cells are the same, and one of them has something to be said of it."""
    (tmp_path / "m.yaml").write_text(
        "version: 1\nkey: id\ncontact: {display_name: name, emails: mail, company: company}\n"
    )
    place = MemoryPlace(tmp_path / "rows", TERMS)
    for text, issues in (("1,Ada,a@example.com,\n", 0), ("1,Ada,a@example.com\n", 1)):
        (tmp_path / "f.csv").write_text(f"id,name,mail,company\n{text}2,Bob,b@example.com,X\n")
        with opened(str(tmp_path / "f.csv"), str(tmp_path / "m.yaml"), SourceOptions()) as inputs:
            block, mapper = next(inputs.source.blocks()), inputs.mapper()
            found = survey_with_memory(block, mapper, RowMemory(place), WANTED)
        assert comparable(found) == comparable(plain(block, mapper))
        assert len(found.groups) == issues
        assert found.cells is not None
        with MemoryWriter(place) as writer:
            writer.add(found.cells, found.fingerprints, found.remarked)
            writer.save()


# --- on what terms --------------------------------------------------------------------------------------


PEOPLE = "id,name,mail\n1,Ada,a@example.com\n"


def place_of(
    tmp_path: Path,
    mapping: str,
    text: str = PEOPLE,
    source: str = "",
    fields: Sequence[CustomField] | None = None,
    program: str = "",
) -> MemoryPlace | None:
    (tmp_path / "m.yaml").write_text(f"version: 1\n{mapping}\n")
    (tmp_path / "f.csv").write_text(text)
    with opened(str(tmp_path / "f.csv"), str(tmp_path / "m.yaml"), SourceOptions()) as inputs:
        return memory_place(inputs, tmp_path / "ledger.sqlite3", source, fields, program)


def test_terms_are_those_of_mapping_columns_and_account(tmp_path: Path) -> None:
    """A change of any of them makes every row a new one; comments, and the rows themselves, do not."""
    mapping = "key: id\ncontact: {display_name: name, emails: mail}"
    same = place_of(tmp_path, mapping)
    assert same == place_of(tmp_path, f"# a comment\n{mapping}", "id,name,mail\n2,Bob,\n")
    field = CustomField("f1", "Tier", "pick_list", ("Gold",))
    others = [
        place_of(tmp_path, f"{mapping}\nphone_region: US"),
        place_of(tmp_path, mapping, "id,name,mail,more\n1,Ada,a@example.com,\n"),
        place_of(tmp_path, mapping, fields=[]),
        place_of(tmp_path, mapping, program="another"),
        place_of(tmp_path, f"{mapping}\nskip_rows: [{{column: name, is: [a, b]}}]"),
        place_of(tmp_path, f"{mapping}\nskip_rows: [{{column: name, is: [b, a]}}]"),
        place_of(tmp_path, mapping, fields=[field]),
        place_of(tmp_path, mapping, fields=[replace(field, pick_list=("Gold", "Silver"))]),
    ]
    assert same is not None
    assert len({same.terms, *(other.terms for other in others if other)}) == 9


def test_another_version_of_anything_is_another_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of this program or of a library that reads cells."""
    before = program_digest()
    assert program_digest() == before
    monkeypatch.setattr("importer.cli.imports.memory.version", lambda name: f"new {name}")
    libraries = program_digest()
    monkeypatch.undo()
    monkeypatch.setattr("importer.__version__", "99")
    assert len({before, libraries, program_digest()}) == 3


def test_each_source_has_a_memory_of_its_own(tmp_path: Path) -> None:
    """Two exports for one book take turns and do not make each other forget."""
    mapping = "key: id\ncontact: {display_name: name, emails: mail}"
    places = [place_of(tmp_path, mapping, source=source) for source in ("", "crm", "CRM")]
    assert len({place.path.name.lower() for place in places if place}) == 3


def test_where_cells_do_not_tell_everything_nothing_is_remembered(tmp_path: Path) -> None:
    """Rows without a key, a transform of one's own, and corrections files."""
    (tmp_path / "mine_today.py").write_text("def today(text):\n    return text\n")
    mapping = "key: id\ncontact: {display_name: name, emails: mail}"
    corrections = "id,name,mail,zoom_import_row,zoom_import_key\n1,Ada,,1,1\n"
    assert place_of(tmp_path, "contact: {display_name: name, emails: mail}") is None
    own = "key: id\ncontact: {display_name: {column: name, transform: 'mine_today:today'}, emails: mail}"
    assert place_of(tmp_path, own) is None
    assert place_of(tmp_path, mapping, corrections) is None
