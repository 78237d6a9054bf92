"""The recipes run as they stand: schedulers accept them, and zoom-import understands their command lines."""

import ast
import contextlib
import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, ClassVar

import click
import kubernetes_validate
import pytest
import yaml

from importer.cli.app import EPILOG, cli
from importer.errors import AccountError, ImportStopped, InputError, LedgerBusy, StoppedEarly

FOLDER = Path(__file__).parents[2] / "sample_data" / "recipes"
PROGRAM = "/opt/zoom-import/bin/zoom-import"
RECIPES = sorted(path.name for path in FOLDER.iterdir() if path.name != "README.md" and path.is_file())


def text_of(name: str) -> str:
    """A recipe."""
    return (FOLDER / name).read_text(encoding="utf-8")


# --- command lines ----------------------------------------------------------------------------------------


def cron_line() -> list[str]:
    """What cron hands to the shell behind the `&&`."""
    (line,) = [line for line in text_of("crontab").splitlines() if re.match(r"[\d*]", line)]
    assert "%" not in line, "cron takes % for the end of the line"
    return shlex.split(line.split("&&", 1)[1])


def service_line() -> list[str]:
    """ExecStart, its continued lines joined."""
    joined = text_of("zoom-import.service").replace("\\\n", " ")
    (line,) = re.findall(r"^ExecStart=(.*)$", joined, re.MULTILINE)
    return shlex.split(line)


def documents() -> list[Any]:
    """What is in the Kubernetes file."""
    return list(yaml.safe_load_all(text_of("cronjob.yaml")))


def pod() -> Any:
    """The pod of the CronJob."""
    return documents()[1]["spec"]["jobTemplate"]["spec"]["template"]["spec"]


def kubernetes_line() -> list[str]:
    """The container's command."""
    command: list[str] = pod()["containers"][0]["command"]
    return command


def dag() -> ast.Module:
    """The DAG, parsed as Python."""
    return ast.parse(text_of("zoom_import_dag.py"))


def dag_line() -> list[str]:
    """The constant COMMAND."""
    (value,) = [
        node.value
        for node in ast.walk(dag())
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "COMMAND"
    ]
    return shlex.split(ast.literal_eval(value))


def windows_line() -> list[str]:
    """The line that starts the program, the redirection left out."""
    (line,) = [line for line in text_of("nightly.cmd").splitlines() if "zoom-import.exe" in line]
    return line.split(" 2>>")[0].split()


LINES = [
    pytest.param(cron_line, id="crontab"),
    pytest.param(service_line, id="systemd"),
    pytest.param(kubernetes_line, id="Kubernetes"),
    pytest.param(dag_line, id="Airflow"),
    pytest.param(windows_line, id="Windows"),
]


def parsed(words: Sequence[str]) -> dict[str, Any]:
    """Parse a command line with the real options; fails as zoom-import itself would."""
    program, name, *arguments = words
    assert re.split(r"[/\\]", program)[-1].removesuffix(".exe") == "zoom-import"
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    with command.make_context(name, list(arguments)) as context:
        return dict(context.params)


@pytest.mark.parametrize("line", LINES)
def test_zoom_import_understands_the_command_line(line: Callable[[], list[str]]) -> None:
    """Every option exists and takes its value; what a night needs is there."""
    found = parsed(line())
    assert found["file"].endswith("contacts.csv")
    assert found["max_age"] == 20 * 3600
    assert found["summary"] is not None
    assert found["quiet"] or found["log_format"] == "json"


def test_a_misspelt_option_would_be_found() -> None:
    """The test above can fail."""
    with pytest.raises(click.UsageError):
        parsed(["zoom-import", "run", "c.csv", "-m", "m.yaml", "--max-aeg=1h"])


def test_the_command_lines_of_the_readme_are_understood() -> None:
    """What is typed by hand, too."""
    lines = re.findall(r"^\$ (zoom-import .*)$", text_of("README.md"), re.MULTILINE)
    assert lines
    for line in lines:
        parsed(shlex.split(line))


# --- exit codes -------------------------------------------------------------------------------------------


def table() -> dict[int, str]:
    """Exit code to the last column of the README's table."""
    rows = re.findall(r"^\| (\d) \|.*\| ([^|]*) \|$", text_of("README.md"), re.MULTILINE)
    return {int(code): call for code, call in rows}


def codes_to_call_for() -> set[int]:
    """The codes at which somebody is called at once."""
    return {code for code, call in table().items() if call == "yes"}


def test_the_table_has_the_exit_codes_of_the_app() -> None:
    """No more and no fewer than the program's own help and its exceptions."""
    stops: tuple[type[ImportStopped], ...] = (InputError, AccountError, StoppedEarly, LedgerBusy)
    assert set(table()) == {0, 1} | {stop.exit_code for stop in stops}
    assert set(table()) == set(map(int, re.findall(r"^  (\d)  ", EPILOG, re.MULTILINE)))
    assert codes_to_call_for() == {InputError.exit_code, AccountError.exit_code}


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_names_the_exit_codes_that_mean_call_somebody(name: str) -> None:
    """In words, and the same as the table."""
    (named,) = re.findall(r"[Ee]xit codes that mean \"call somebody\": (\d(?:, \d)*)", text_of(name))
    assert set(map(int, named.split(", "))) == codes_to_call_for()


def test_every_recipe_is_in_the_readme() -> None:
    """And nothing else is."""
    listed = re.findall(r"^\| (`.+?) \|", text_of("README.md"), re.MULTILINE)
    assert sorted(re.findall(r"`(.+?)`", " ".join(listed))) == RECIPES


@pytest.mark.skipif(os.name != "posix", reason="runs a shell script")
@pytest.mark.parametrize("code", [1, 2, 3, 4, 5, 9])
def test_notify_calls_somebody_exactly_when_the_table_says_so(code: int, tmp_path: Path) -> None:
    """The script hands the summary to `mail`, to whoever is on call for the codes of the table."""
    mail = tmp_path / "mail"
    mail.write_text('#!/bin/sh\necho "$*" > mailed.txt\ncat >> mailed.txt\n')
    mail.chmod(0o755)
    environ = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "ZOOM_IMPORT_EXIT_CODE": str(code)}
    subprocess.run(
        [FOLDER / "notify.sh"], input='{"exit_code": 1}\n', text=True, env=environ, cwd=tmp_path, check=True
    )
    mailed = (tmp_path / "mailed.txt").read_text()
    assert ("oncall@example.com" in mailed) == (code in codes_to_call_for() | {9})
    assert mailed.endswith('{"exit_code": 1}\n')


# --- what the schedulers say ------------------------------------------------------------------------------


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="needs systemd-analyze (Debian, Ubuntu: package systemd)"
)
def test_systemd_accepts_service_and_timer(tmp_path: Path) -> None:
    """`systemd-analyze verify` finds nothing to complain about, with the program where it is here."""
    program = Path(sys.executable).with_name("zoom-import")
    for name in ("zoom-import.service", "zoom-import.timer"):
        (tmp_path / name).write_text(text_of(name).replace(PROGRAM, str(program)))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(map(str, tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    complaints = [line for line in done.stderr.splitlines() if "zoom-import" in line]
    assert (done.returncode, complaints) == (0, [])


def test_systemd_treats_the_exit_codes_as_the_table_says() -> None:
    """1 is no failure of the service, 4 is tried again, the others leave it failed."""
    settings = dict(re.findall(r"^(\w+)=(.*)$", text_of("zoom-import.service"), re.MULTILINE))
    assert settings["SuccessExitStatus"] == "1"
    assert settings["Restart"] == "on-failure"
    prevented = set(map(int, settings["RestartPreventExitStatus"].split()))
    assert set(table()) - prevented == {0, 1, StoppedEarly.exit_code}
    assert int(settings["TimeoutStopSec"]) > 10


@pytest.mark.parametrize("version", ["1.29", "1.33", "1.37"])
def test_kubernetes_accepts_the_cronjob(version: str) -> None:
    """Every document against the strict schema of its kind, which allows no unknown field."""
    assert [document["kind"] for document in documents()] == ["PersistentVolumeClaim", "CronJob"]
    for document in documents():
        kubernetes_validate.validate(document, version, strict=True)


def test_kubernetes_treats_the_exit_codes_as_the_table_says() -> None:
    """4 is tried again by another pod; the others fail the job, which needs pods that do not restart."""
    job = documents()[1]["spec"]["jobTemplate"]["spec"]
    ignored, failed = job["podFailurePolicy"]["rules"]
    assert ignored["action"] == "Ignore"
    assert failed["action"] == "FailJob"
    assert set(failed["onExitCodes"]["values"]) == set(table()) - {0, StoppedEarly.exit_code}
    assert failed["onExitCodes"]["containerName"] == pod()["containers"][0]["name"]
    assert pod()["restartPolicy"] == "Never"
    assert pod()["terminationGracePeriodSeconds"] > 10
    mounted = {mount["name"] for mount in pod()["containers"][0]["volumeMounts"]}
    assert mounted == {volume["name"] for volume in pod()["volumes"]}


def test_the_dag_is_python() -> None:
    """It compiles for the oldest Python that Airflow runs on."""
    compile(ast.parse(text_of("zoom_import_dag.py"), feature_version=(3, 10)), "zoom_import_dag.py", "exec")


class FailError(Exception):
    """Stands in for AirflowFailException: the task fails and is not tried again."""


class RetryError(Exception):
    """Stands in for AirflowException: the task is tried again."""


class Operator:
    """Stands in for BashOperator, whose hook runs a command and gives exit code and last line."""

    made: ClassVar[list["Operator"]] = []

    def __init__(self, **settings: Any) -> None:
        vars(self).update(settings)
        self.subprocess_hook = self
        self.made.append(self)

    def get_env(self, context: object) -> dict[str, str]:
        return dict(os.environ)

    def run_command(self, command: list[str], env: dict[str, str], cwd: str) -> SimpleNamespace:
        done = subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True, check=False)
        return SimpleNamespace(exit_code=done.returncode, output=done.stdout)


@pytest.mark.skipif(os.name != "posix", reason="Airflow runs on POSIX systems")
@pytest.mark.parametrize("code", [0, 1, 2, 3, 4, 5, 137])
def test_airflow_treats_the_exit_codes_as_the_table_says(
    code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """0 and 1 are done, 4 and a killed process are tried again, the others fail at once."""
    for name, content in {
        "airflow": {},
        "airflow.exceptions": {"AirflowException": RetryError, "AirflowFailException": FailError},
        "airflow.providers.standard.operators.bash": {"BashOperator": Operator},
        "airflow.sdk": {"DAG": lambda **_: contextlib.nullcontext()},
    }.items():
        module = ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)
    runpy.run_path(str(FOLDER / "zoom_import_dag.py"))
    task: Any = Operator.made.pop()
    assert task.retries == 3
    task.bash_command, task.cwd = f"sh -c 'exit {code}'", str(tmp_path)
    if code in (0, 1):
        assert task.execute({}) == code
    else:
        with pytest.raises(RetryError if code in (4, 137) else FailError):
            task.execute({})
