"""Several processes find what one finds, byte for byte, and end with a sentence whatever happens to them."""

import os
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from multiprocessing import active_children
from pathlib import Path

import pytest

from importer.cli.inputs import Inputs, opened
from importer.errors import SourceError, StoppedEarly
from importer.run.parallel import WORTH_BYTES, process_count, started_workers, survey_blocks
from importer.run.survey import ChunkSurvey, Wanted
from importer.run.workers import Workers
from importer.source import Block, SourceOptions

ROOT = Path(__file__).parents[2]
CHECK = (sys.executable, "-m", "importer", "check")
ALL = Wanted(previews=2, issues=True, fingerprints=True)

TRANSFORMS = """
import os, time

def dies(text):
    os._exit(9)

def sleeps(text):
    time.sleep(60)

def naps(text):
    time.sleep(0.001)
    return text

def doubles(text):
    return text + text
"""
MAPPING = "version: 1\ncontact: {{display_name: {{column: First Name, transform: {}}}, emails: Email}}\n"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """600 rows, a third of them with a defect."""
    path = tmp_path_factory.mktemp("parallel") / "contacts.csv"
    runpy.run_path(str(ROOT / "tests/benchmarks/generate.py"))["write"](600, path, defects=0.33)
    return path


def own_mapping(folder: Path, function: str) -> str:
    (folder / "mine_to_spread.py").write_text(TRANSFORMS, encoding="utf-8")
    (folder / "m.yaml").write_text(MAPPING.format(f"mine_to_spread:{function}"), encoding="utf-8")
    return str(folder / "m.yaml")


def small_blocks(inputs: Inputs, rows: int) -> Iterator[Block]:
    """The blocks of the file cut into pieces, so that a small file has many."""
    for block in inputs.source.blocks():
        for chunk_rows in range(rows, len(block) + rows, rows):
            yield block.head(chunk_rows)  # type: ignore[attr-defined] # blocks of text have it


def comparable(survey: ChunkSurvey) -> tuple[object, ...]:
    pairs = [array.tolist() for pair in (survey.keys, survey.phones, survey.emails) for array in pair]
    return (
        survey.rows,
        survey.skipped,
        survey.rejected.tolist(),
        survey.groups,
        pairs,
        survey.ends_short,
        None if survey.lines is None else survey.lines.tolist(),
        survey.issue_text,
        survey.row_keys,
        survey.fingerprints,
        survey.previews,
    )


@pytest.mark.parametrize("keyed", [True, False], ids=["key", "content"])
def test_two_processes_find_what_one_finds(file: Path, tmp_path: Path, keyed: bool) -> None:
    """Every survey of every block is equal and in its place, also with the person's own transform."""
    mapping = str(ROOT / "mappings/legacy_crm.yaml") if keyed else own_mapping(tmp_path, "doubles")
    with opened(str(file), mapping, SourceOptions()) as inputs:
        found = []
        for processes in (1, 2):
            blocks = small_blocks(inputs, 50)
            with (
                started_workers(processes, 0) as workers,
                closing(survey_blocks(blocks, inputs.recipe(), ALL, workers)) as surveys,
            ):
                found.append([comparable(survey) for survey in surveys])
    assert found[0] == found[1]
    assert len(found[0]) == 12


def test_the_command_says_the_same_with_two_processes(file: Path, tmp_path: Path) -> None:
    """What is printed and what is written does not depend on --processes."""
    said = []
    for processes in ("1", "2"):
        issues = tmp_path / f"issues{processes}.csv"
        arguments = ("check", file, "-m", ROOT / "mappings/legacy_crm.yaml", "--json", "--preview", "3")
        result = subprocess.run(
            [sys.executable, "-m", "importer", *arguments, "--processes", processes, "--issues", issues],
            capture_output=True,
            check=False,
        )
        said.append((result.returncode, result.stdout, issues.read_bytes()))
    assert said[0] == said[1]
    assert said[0][0] == 1


def test_a_worker_that_dies_is_a_sentence(file: Path, tmp_path: Path) -> None:
    """The death of a worker process ends the pass, names the way out, and leaves no process behind."""
    mapping = own_mapping(tmp_path, "dies")
    with opened(str(file), mapping, SourceOptions()) as inputs:
        surveys = survey_blocks(inputs.source.blocks(), inputs.recipe(), Wanted(), Workers(2))
        with closing(surveys), pytest.raises(StoppedEarly, match="--processes 1"):
            list(surveys)
    assert active_children() == []


def test_a_worker_that_is_a_copy_and_dies_is_a_sentence(file: Path, tmp_path: Path) -> None:
    """The same holds for the command, whose workers are copies of it where the system allows that."""
    result = subprocess.run(
        [*CHECK, file, "-m", own_mapping(tmp_path, "dies"), "--processes", "2"],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert result.returncode == 4
    assert b"--processes 1" in result.stderr
    assert b"Traceback" not in result.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux copies processes, and has /proc")
@pytest.mark.parametrize(
    "command", [("check",), ("run", "--sandbox", "--quiet", "--report", "r.csv")], ids=["check", "run"]
)
def test_workers_are_copies_and_end_with_their_parent(
    file: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    """Workers cost no second start of Python, and none outlives a parent that is killed without a word."""
    mapping = own_mapping(tmp_path, "naps")
    called = [sys.executable, "-m", "importer", *command, str(file), "-m", mapping, "--processes", "2"]
    process = subprocess.Popen(called, start_new_session=True, cwd=tmp_path)
    same = "\0".join(called) + "\0"
    while _group(process.pid).count(same) < 2 and process.poll() is None:
        time.sleep(0.02)
    commands = _group(process.pid)
    process.kill()
    process.wait()
    assert commands.count(same) == 2
    assert not any("spawn_main" in one for one in commands)
    deadline = time.monotonic() + 20
    while same in _group(process.pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert same not in _group(process.pid)


def test_workers_that_are_not_needed_end_at_once() -> None:
    """Also while they still have the signal handlers of an import, whose copies they are."""
    code = """
import asyncio
from importer.cli.interrupt import on_interrupt
from importer.run.workers import Workers

async def main():
    with on_interrupt(lambda name: None, lambda: None):
        for _ in range(20):
            Workers(2).close()

asyncio.run(main())
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_an_error_of_the_file_comes_through(file: Path) -> None:
    """What a worker says about a broken block is raised here as it was raised there."""
    with opened(str(file), str(ROOT / "mappings/legacy_crm.yaml"), SourceOptions()) as inputs:
        surveys = survey_blocks([_Broken()], inputs.recipe(), Wanted(), Workers(2))  # type: ignore[list-item]
        with closing(surveys), pytest.raises(SourceError, match=r"^contacts\.csv has changed"):
            list(surveys)
    assert active_children() == []


class _Broken:
    """Unpickled, it is the block of a text file that has changed meanwhile."""

    def __reduce__(self) -> tuple[object, ...]:
        import numpy as np  # noqa: PLC0415

        from importer.source.dialect import Dialect  # noqa: PLC0415
        from importer.source.layout import Layout  # noqa: PLC0415
        from importer.source.text_block import TextBlock  # noqa: PLC0415

        layout = Layout("contacts.csv", ("Customer No",), Dialect(",", '"'))
        one, nothing = np.array([1]), np.array([0])
        return TextBlock, (layout, b"\xff", range(1, 2), nothing, one, one, one, np.array([False]))


@pytest.mark.skipif(os.name == "nt", reason="sends a signal to a process group")
def test_ctrl_c_ends_parent_and_workers(file: Path, tmp_path: Path) -> None:
    """Ctrl-C, which every process of the terminal gets, ends all of them at once with one word."""
    mapping = own_mapping(tmp_path, "sleeps")
    process = subprocess.Popen(
        [sys.executable, "-m", "importer", "check", file, "-m", mapping, "--processes", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    while len(_group(process.pid)) < 2 and process.poll() is None:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert (process.returncode, said.decode().strip()) == (4, "Stopped.")
    deadline = time.monotonic() + 20
    while _group(process.pid) and time.monotonic() < deadline:
        time.sleep(0.02)  # the tracker of multiprocessing ends by itself, a moment later
    assert _group(process.pid) == []


def _group(leader: int) -> list[str]:
    """The command lines of all processes of a group but its leader, and but what is dead already."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            stat = (entry / "stat").read_text().rpartition(")")[2].split()
            command = (entry / "cmdline").read_text()
        except OSError:
            continue
        if int(stat[2]) == leader and stat[0] != "Z" and entry.name != str(leader):
            found.append(command)
    return found


@pytest.mark.parametrize(
    ("asked", "size", "alone"),
    [(1, WORTH_BYTES * 9, True), (None, WORTH_BYTES - 1, True), (3, 10, False)],
    ids=["asked for one", "short file", "asked for three"],
)
def test_short_files_are_not_worth_a_worker(asked: int | None, size: int, alone: bool) -> None:
    """Starting workers takes a second: only long files get them unasked."""
    assert (process_count(asked, size) == 1) is alone
