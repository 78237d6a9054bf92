"""`zoom-import sandbox`: the stand-in for Zoom's API as a server of its own."""

import click

from importer.errors import SettingsError


@click.command(
    "sandbox",
    short_help="Serve the stand-in for Zoom's API on this machine.",
    # Its flags are the sandbox's own, which shares nothing with the importer: they are passed on as they are.
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> int:
    """Serve the sandbox until Ctrl-C."""
    try:
        from importer.sandbox.__main__ import main  # noqa: PLC0415 - an extra that not everybody has
    except ModuleNotFoundError as error:
        raise sandbox_missing(error) from error
    try:
        return main(arguments, program="zoom-import sandbox")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 2


def sandbox_missing(error: ModuleNotFoundError) -> SettingsError:
    """Say how to get what the sandbox needs."""
    return SettingsError(
        f"The sandbox needs the package {error.name}, which is not installed. "
        'Install it with: pip install "zoom-import[sandbox]"'
    )
