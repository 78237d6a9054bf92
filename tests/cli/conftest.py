"""A sandbox and a folder to work in."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import MAPPING, Result, Run, environment

from importer.cli.app import call
from importer.sandbox.server import RunningSandbox
from importer.sandbox.settings import SandboxSettings


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    """A sandbox without a rate limit."""
    settings = SandboxSettings(light_per_s=0, medium_per_s=0, heavy_per_s=0)
    with RunningSandbox(settings) as running:
        yield running


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder with a mapping in it, and no settings."""
    for name in list(os.environ):
        if name.startswith("ZOOM_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "m.yaml").write_text(MAPPING, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(work: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Call zoom-import in this process."""

    def invoke(*arguments: str | Path) -> Result:
        capsys.readouterr()
        code = call([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Result(code, said.out, said.err)

    return invoke


@pytest.fixture
def connected(work: Path, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> RunningSandbox:
    """The sandbox, with the environment pointing to it."""
    for name, value in environment(sandbox, work).items():
        monkeypatch.setenv(name, value)
    return sandbox
