"""What nobody has foreseen: one sentence instead of a traceback, which may quote people's data."""

import os
import traceback
from pathlib import Path

from importer.errors import StoppedEarly

SHOW = "ZOOM_IMPORT_TRACEBACK"
"""Name of the environment variable with which a developer sees the whole traceback."""

_OUR_FOLDER = Path(__file__).parents[1]


def surprise(error: BaseException) -> StoppedEarly:
    """Say what happened in words, with the place in the program for whoever mends it.

    The exception's own text is told only for errors of the operating system (a full disk, a folder that
    cannot be written to): the others may quote a cell.
    """
    if os.environ.get(SHOW):
        traceback.print_exception(error)
    first = _first(error)
    if isinstance(first, OSError) and first.strerror:
        where = f" ({first.filename})" if isinstance(first.filename, str) else ""
        return StoppedEarly(
            f"{first.strerror}{where}. Everything done so far is on disk; mend that, then run the same "
            "command again."
        )
    return StoppedEarly(
        f"Something happened that zoom-import does not know: {type(first).__name__} in {_place(first)}. "
        "Everything done so far is on disk; run the same command again. If it happens again, report this "
        f"sentence, and what {SHOW}=1 in the environment shows besides."
    )


def _first(error: BaseException) -> BaseException:
    """Look into a group: what tasks raise together comes as one."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_OUR_FOLDER)]
    if not ours:
        return "a library"
    last = ours[-1]
    return f"{Path(last.filename).relative_to(_OUR_FOLDER).as_posix()}, line {last.lineno}"
