"""Every shipped mapping with its sample: each defect is found, no good row is blamed, payloads are exact.

What is expected stands in expected/*.json, written from what the makers of the samples put in by hand.
"""

import io
import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from make_exports import EXPORTS

from importer.mapping import MappedChunk, Mapper, load_mapping
from importer.model import Issue
from importer.source import SourceOptions, open_source, parse_block

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_data"
MAPPINGS = ROOT / "mappings"
EXPECTED = sorted((Path(__file__).parent / "expected").glob("*.json"))
OF_ANOTHER_MAKER = {"legacy_crm"}

every_export = pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)


@dataclass
class Outcome:
    """What became of the rows of one sample, by row number."""

    count: int = 0
    issues: dict[int, tuple[Issue, ...]] = field(default_factory=dict)
    rejected: set[int] = field(default_factory=set)
    skipped: dict[int, str] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)
    payloads: dict[int, Any] = field(default_factory=dict)


@cache
def expectation(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


@cache
def outcome(path: Path) -> Outcome:
    """Read and map a sample."""
    wanted = expectation(path)
    mapping = load_mapping((MAPPINGS / wanted["mapping"]).read_text(encoding="utf-8"), wanted["mapping"])
    result = Outcome()
    said = SourceOptions(heading_line=mapping.source.heading_line, headings=mapping.source.headings)
    with open_source(SAMPLES / wanted["sample"], said, chunk_rows=7) as source:
        mapper = Mapper(mapping, source.headings)
        for chunk in source.chunks():
            add(result, mapper.apply(chunk))
    return result


def add(result: Outcome, chunk: MappedChunk) -> None:
    """Note what became of the rows of one chunk."""
    for position, number in enumerate(chunk.numbers):
        result.count += 1
        result.keys[number] = chunk.keys[position]
        if position in chunk.skipped:
            result.skipped[number] = chunk.skipped[position]
            continue
        result.issues[number] = chunk.issues.get(position, ())
        if chunk.rejected(position):
            result.rejected.add(number)
        else:
            result.payloads[number] = chunk.contact(position).payload


def told(found: Outcome, severity: str) -> dict[str, list[list[str]]]:
    """Row number -> [code, column] of each issue, for rows that have some."""
    rows = {
        str(number): [[issue.code, issue.column] for issue in issues if issue.severity == severity]
        for number, issues in found.issues.items()
    }
    return {number: issues for number, issues in rows.items() if issues}


@every_export
def test_a_mapper_names_the_columns_that_it_reads(path: Path) -> None:
    """With these columns alone it finds the same; a mapping without a key may look at all."""
    wanted = expectation(path)
    mapping = load_mapping((MAPPINGS / wanted["mapping"]).read_text(encoding="utf-8"), wanted["mapping"])
    said = SourceOptions(heading_line=mapping.source.heading_line, headings=mapping.source.headings)
    part = Outcome()
    with open_source(SAMPLES / wanted["sample"], said, chunk_rows=7) as source:
        mapper = Mapper(mapping, source.headings)
        for block in source.blocks():
            add(part, mapper.apply(parse_block(block, mapper.reads)))
    assert part == outcome(path)
    assert not any("did you mean" in note for note in mapper.notes)
    assert (mapper.reads is None) == (not mapping.key)


@every_export
def test_every_row_is_read(path: Path) -> None:
    """Title lines, footers and blank rows are no rows; everything else is one."""
    assert outcome(path).count == expectation(path)["rows"]


@every_export
def test_every_defect_is_found_and_no_good_row_is_blamed(path: Path) -> None:
    """The rejected rows are those that are wrong, each for its own cell."""
    found = outcome(path)
    assert told(found, "error") == expectation(path)["rejected"]
    assert {str(number) for number in found.rejected} == set(expectation(path)["rejected"])


@every_export
def test_warnings_are_the_expected_ones(path: Path) -> None:
    """What was mended or left out is told, and nothing else."""
    assert told(outcome(path), "warning") == expectation(path)["warnings"]


@every_export
def test_skipped_rows_are_the_expected_ones(path: Path) -> None:
    """The mapping leaves out the rows that it should."""
    assert sorted(outcome(path).skipped) == expectation(path)["skipped"]


@every_export
def test_payloads_are_exact(path: Path) -> None:
    """The contacts written down by hand come out to the letter."""
    wanted = expectation(path)["payloads"]
    found = outcome(path).payloads
    assert {number: found.get(int(number)) for number in wanted} == wanted


@every_export
def test_keys_are_exact(path: Path) -> None:
    """An id comes through as it stands in the export."""
    wanted = expectation(path).get("keys", {})
    assert {number: outcome(path).keys[int(number)] for number in wanted} == wanted


@every_export
def test_issues_of_a_workbook_name_the_cell(path: Path) -> None:
    """What is told of a column has the address that the spreadsheet program shows, as far as it is one."""
    found = outcome(path).issues
    wanted = expectation(path).get("cells", {})
    assert {number: [issue.cell for issue in found[int(number)]] for number in wanted} == wanted
    workbook = path.with_name(expectation(path)["sample"]).suffix == ".xlsx"
    told_of_column = [issue for issues in found.values() for issue in issues if issue.column]
    assert told_of_column
    assert all(bool(issue.cell) == workbook for issue in told_of_column)


@every_export
def test_every_good_row_can_be_reached_under_its_name(path: Path) -> None:
    """No row slips through as an empty shell: each has a name, and a phone or an address."""
    for payload in outcome(path).payloads.values():
        assert payload["display_name"]
        assert payload.get("phone_numbers") or payload.get("phones") or payload.get("emails")


@pytest.mark.parametrize("name", EXPORTS)
def test_sample_is_what_its_maker_makes(name: str) -> None:
    """Samples are never edited by hand: `python tests/samples/make_exports.py sample_data`."""
    made, stored = EXPORTS[name](), (SAMPLES / name).read_bytes()
    assert cells_of(made) == cells_of(stored) if name.endswith(".xlsx") else made == stored


def cells_of(workbook: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


def test_every_mapping_and_sample_has_expectations() -> None:
    """Nothing is shipped without a test, and no mapping without a sample."""
    wanted = [expectation(path) for path in EXPECTED]
    mappings = {path.stem for path in MAPPINGS.glob("*.yaml")}
    assert {Path(one["mapping"]).stem for one in wanted} == mappings - OF_ANOTHER_MAKER
    assert {one["sample"] for one in wanted} == set(EXPORTS)
