"""The README's table of brakes is that of the program."""

import re
from pathlib import Path

import click

from importer.cli.commands.run import command
from importer.run.brakes import MAX_BAD, MAX_DELETE, MAX_MISSING, MAX_SHRINK, MAX_TURNOVER

README = Path(__file__).parents[2] / "README.md"
SHARES = {
    "--max-shrink": MAX_SHRINK,
    "--max-turnover": MAX_TURNOVER,
    "--max-bad": MAX_BAD,
    "--max-delete": MAX_DELETE,
    "--max-missing": MAX_MISSING,
}


def test_every_brake_is_in_the_readme_with_its_default() -> None:
    """No more and no fewer, in the README and in the help."""
    listed = dict(
        re.findall(r"^\| `(--max-[a-z]+)` \|.*\| ([^|]*) \|$", README.read_text("utf-8"), re.MULTILINE)
    )
    options = {
        option.opts[0]: option.help or ""
        for option in command.params
        if isinstance(option, click.Option) and option.opts[0].startswith("--max-")
    }
    assert listed.keys() == options.keys()
    for name, share in SHARES.items():
        assert listed[name].startswith(f"{share:.0%}".replace("%", " %")), name
        assert f"Default {share:.0%}" in options[name], name
    assert {name for name, said in listed.items() if said == "no limit"} == options.keys() - SHARES.keys()
