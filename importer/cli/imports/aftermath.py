"""What happens after a run: the summary as JSON, and telling somebody when it did not end well."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click

from importer.cli.events import EventLog
from importer.cli.private import safe_text
from importer.errors import SettingsError

NOTIFY_LIMIT_S = 60.0
"""Seconds. A command that mails or posts is done by then; one that hangs must not keep the job alive."""

HURRIED_NOTIFY_LIMIT_S = 5.0
"""Seconds, after SIGTERM or Ctrl-C: whoever ends the process will not wait for long."""

EXIT_CODE = "ZOOM_IMPORT_EXIT_CODE"
"""Environment variable that tells the command how the run has ended, for scripts that read no JSON."""

_SAID_CHARACTERS = 500


@dataclass(slots=True)
class Aftermath:
    """What is owed to others when a run ends, however it ends.

    Attributes:
        summary: where the summary goes, None for nowhere.
        notify_command: what is run when the run does not end with 0, None for nothing.
        log: the event log, None when people read stderr.
        notify_limit_s: seconds until the command is ended.
    """

    summary: Path | None
    notify_command: str | None
    log: EventLog | None = None
    notify_limit_s: float = NOTIFY_LIMIT_S
    _usable: bool = field(default=False, init=False)

    def check(self) -> None:
        """See before the run that the summary can be written, and that it overwrites nothing else.

        Raises:
            SettingsError: it cannot, or it would.
        """
        if self.summary is not None:
            _check_summary_path(self.summary)
        self._usable = True

    def tell(self, facts: Mapping[str, object], *, hurried: bool = False) -> None:
        """Write the summary, and run the command when the exit code in `facts` is not 0.

        Its failure is told and changes nothing: the exit code stays that of the run.
        """
        if self.log is not None:
            self.log.write("ended", **{name: fact for name, fact in facts.items() if name != "run"})
        if self.summary is not None and self._usable:
            self._write_summary(self.summary, facts)
        if facts["exit_code"] and self.notify_command:
            limit_s = HURRIED_NOTIFY_LIMIT_S if hurried else self.notify_limit_s
            self._notify(self.notify_command, facts, limit_s)

    def _write_summary(self, path: Path, facts: Mapping[str, object]) -> None:
        try:
            _replace(path, as_json(facts, indent=2))
        except OSError as error:
            self._warn(f"the summary could not be written to {path}: {error.strerror or error}")

    def _notify(self, command: str, facts: Mapping[str, object], limit_s: float) -> None:
        # The event log has stderr for itself; what the command says goes into an event.
        with tempfile.TemporaryFile() if self.log is not None else contextlib.nullcontext() as said:
            environ = {**os.environ, EXIT_CODE: str(facts["exit_code"])}
            wrong = _run(command, as_json(facts), environ, limit_s, None if said is None else said.fileno())
            if said is not None:
                said.seek(0)
                words = said.read(4 * _SAID_CHARACTERS).decode("utf-8", "replace")[:_SAID_CHARACTERS].strip()
                wrong = f"{wrong}: {words}" if wrong and words else wrong
        if wrong:
            self._warn(f"the notify command {wrong}")

    def _warn(self, text: str) -> None:
        if self.log is not None:
            self.log.write("warning", message=safe_text(text))
        else:
            click.echo(f"zoom-import: {text}", err=True)


def as_json(facts: Mapping[str, object], indent: int | None = None) -> bytes:
    """Write `facts` as UTF-8; a file name that is no text becomes JSON escapes."""
    text = json.dumps(facts, ensure_ascii=False, indent=indent) + "\n"
    return text.encode("utf-8", "backslashreplace")


def _check_summary_path(path: Path) -> None:
    folder = path.absolute().parent
    if path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise SettingsError(
            f"The summary cannot be written to {path}. Choose a file in a folder that exists and that you "
            "may write to with --summary."
        )
    begins = b""
    try:
        if path.is_file():
            with path.open("rb") as file:
                begins = file.read(1)
    except OSError as error:
        raise SettingsError(
            f"The summary cannot be written to {path}: {error.strerror or error}. Choose another file with "
            "--summary."
        ) from error
    if begins not in (b"", b"{"):
        raise SettingsError(
            f"{path} is there and is no summary; it is not overwritten. Choose another file with --summary."
        )


def _replace(path: Path, content: bytes) -> None:
    """Write a file so that a reader finds the old one or the new one, never half of it."""
    if path.exists() and not path.is_file():
        path.write_bytes(content)  # /dev/stdout, a pipe
        return
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fresh.write_bytes(content)
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def _run(command: str, given: bytes, environ: Mapping[str, str], limit_s: float, output: int | None) -> str:
    """Run a command line in the shell; return what went wrong, "" for nothing."""
    try:
        process = subprocess.Popen(  # noqa: S602 - the person's own command line, as in cron
            command,
            shell=True,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            env=environ,
            # A group of its own, so that its children end with it when it takes too long.
            start_new_session=True,
        )
    except OSError as error:
        return f"could not be started ({error.strerror or error})"
    try:
        process.communicate(given, timeout=limit_s)
    except subprocess.TimeoutExpired:
        _end(process)
        return f"did not end within {limit_s:g} s and was ended"
    return f"ended with exit code {process.returncode}" if process.returncode else ""


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(1.0)
