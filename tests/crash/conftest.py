"""A folder with a mapping, and zoom-import called in it."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from commands import MAPPING, Result, environment, read_csv
from stand_in import StandIn

from importer.cli.app import call
from importer.sandbox.server import RunningSandbox

SHORT_WAITS = ("--rate", "0", "--no-progress", "--timeout", "1", "--settle-pause", "1")


@dataclass
class Place:
    """A working folder whose settings point to a server."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    reports: int = 0

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.sqlite3"

    @property
    def report_path(self) -> Path:
        return self.folder / f"report-{self.reports}.csv"

    @property
    def report(self) -> list[dict[str, str]]:
        """The last report."""
        return read_csv(self.report_path)

    def connect(self, server: RunningSandbox | StandIn) -> None:
        for name, value in environment(server, self.folder).items():
            self.monkeypatch.setenv(name, value)

    def run(self, *arguments: str | Path) -> Result:
        """Call `zoom-import run` without pacing and with short waits for doubt."""
        self.reports += 1
        return self.call("run", *arguments, *SHORT_WAITS, "--report", self.report_path)

    def call(self, *arguments: str | Path) -> Result:
        self.capsys.readouterr()
        code = call([str(argument) for argument in arguments])
        said = self.capsys.readouterr()
        assert "zoom-import does not know" not in said.err, said.err
        return Result(code, said.out, said.err)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Place:
    """An empty working folder with a mapping in it, and no settings."""
    for name in list(os.environ):
        if name.startswith("ZOOM_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "m.yaml").write_text(MAPPING, encoding="utf-8")
    return Place(tmp_path, monkeypatch, capsys)
