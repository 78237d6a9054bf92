"""The cron line and the service's command run as their schedulers run them: in an empty environment."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from commands import MAPPING, environment, parse, people, write_rows

from importer.sandbox.server import RunningSandbox
from importer.sandbox.settings import SandboxSettings

FOLDER = Path(__file__).parents[2] / "sample_data" / "recipes"
PROGRAM = Path(sys.executable).with_name("zoom-import")

pytestmark = pytest.mark.skipif(os.name != "posix", reason="runs a shell")


def cron_line() -> str:
    """What cron hands to /bin/sh."""
    found = re.search(r"^30 2 \* \* \* (.*)$", (FOLDER / "crontab").read_text(), re.MULTILINE)
    assert found
    return found[1]


def service_line() -> str:
    """What systemd runs, with the folder that it works in."""
    text = (FOLDER / "zoom-import.service").read_text().replace("\\\n", " ")
    found = re.search(r"^ExecStart=(.*)$", text, re.MULTILINE)
    assert found
    return f"cd /var/lib/zoom-import && exec {found[1]}"


@pytest.mark.parametrize("line", [cron_line(), service_line()], ids=["cron", "systemd"])
def test_the_line_runs_in_an_empty_environment(line: str, tmp_path: Path) -> None:
    """A good night is silent on standard output; a night without an export mails whoever is on call."""
    places = {
        "/opt/zoom-import/bin/zoom-import": PROGRAM,
        "/etc/zoom-import/notify.sh": FOLDER / "notify.sh",
        "/etc/zoom-import": tmp_path,
        "/var/lib/zoom-import": tmp_path,
        "/srv/crm": tmp_path,
    }
    for here, there in places.items():
        line = line.replace(here, shlex.quote(str(there)))
    mail = tmp_path / "bin" / "mail"
    mail.parent.mkdir()
    mail.write_text(f'#!/bin/sh\necho "$*" >> {tmp_path}/mailed.txt\n')
    mail.chmod(0o755)
    (tmp_path / "crm.yaml").write_text(MAPPING)
    write_rows(tmp_path / "contacts.csv", people(5))
    settings = SandboxSettings(light_per_s=0, medium_per_s=0, heavy_per_s=0)
    with RunningSandbox(settings) as sandbox:
        account = environment(sandbox, tmp_path)
        (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in account.items()))
        codes = []
        for _ in range(2):
            done = subprocess.run(
                ["/bin/sh", "-c", line],
                env={"PATH": f"{mail.parent}:/usr/bin:/bin", "HOME": str(tmp_path), "LANG": "C"},
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
            )
            codes.append(done.returncode)
            assert done.stdout == ""
            (tmp_path / "contacts.csv").unlink(missing_ok=True)
        assert len(sandbox.contacts()) == 5
    assert codes == [0, 2], done.stderr
    summary = parse((tmp_path / "summary.json").read_text())
    assert isinstance(summary, dict)
    assert (summary["exit_code"], "oncall@example.com" in (tmp_path / "mailed.txt").read_text()) == (2, True)
