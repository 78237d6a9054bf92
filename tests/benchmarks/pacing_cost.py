"""What pacing at 40 a second costs in CPU, and what memory a long file takes: real imports, one at a time."""

import tempfile
from pathlib import Path

from load_run import Cost, Import, load_server


def cost_table(seconds: float) -> str:
    """Measure, and return a table in Markdown.

    At the full pace two runs of different length are compared, so that start-up does not count; without pace,
    against the same server with a limit that nobody reaches, what a contact costs altogether.
    """
    _free(1)  # compiles what is not compiled yet
    short_s, long_s = seconds / 4, seconds
    short, long = (_paced(40 * length_s) for length_s in (short_s, long_s))
    cpu_share = (long.cpu_s - short.cpu_s) / (long_s - short_s) * 0.9775
    small, large = (_free(rows) for rows in (1_000, 100_000))
    return "\n".join(
        [
            "",
            "### cost",
            "",
            "| | |",
            "|---|---|",
            f"| CPU of one core at 40/s, without start-up | {cpu_share:.1%} |",
            f"| CPU of one core at 40/s over {long_s:.0f} s, start-up included | {long.cpu_s / long_s:.1%} |",
            f"| CPU s per 1,000 contacts over 100,000, `--rate 0` | {large.cpu_s / 100:.2f} |",
            f"| peak memory, 1,000 contacts | {small.peak_mb:.0f} MB |",
            f"| peak memory, 100,000 contacts | {large.peak_mb:.0f} MB |",
            "",
        ]
    )


def _paced(rows: float) -> Cost:
    return _run(round(rows), ("--way-ms", "50", "50", "--back-ms", "50"), ("--account-plan", "business"))


def _free(rows: int) -> Cost:
    return _run(rows, ("--limit", "1000000"), ("--rate", "0"))


def _run(rows: int, server_flags: tuple[str, ...], flags: tuple[str, ...]) -> Cost:
    with load_server(server_flags) as server, tempfile.TemporaryDirectory() as folder:
        return Import(Path(folder), "import", rows, server, *flags).wait()
