"""What a command takes: seconds, and memory of the process and of all that it starts. Linux only (/proc).

Memory is the proportional set size: pages that processes share count once.
"""

import resource
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_EVERY_S = 0.25


@dataclass(frozen=True)
class Taken:
    """What a command took.

    Attributes:
        wall_s: from start to end, start-up included.
        cpu_s: of all its processes.
        peak_mb: the most that all its processes held at one time.
        exit_code, output: as the command ended, and what it printed.
    """

    wall_s: float
    cpu_s: float
    peak_mb: float
    exit_code: int
    output: str


def taken_by(command: Sequence[str | Path], folder: Path) -> Taken:
    """Run a command to its end; what it prints passes through a file in `folder`."""
    printed = folder / "printed.txt"
    cpu_before, start = _children_cpu_s(), time.perf_counter()
    with printed.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, sum(map(_pss_mb, _tree(process.pid))))
            time.sleep(_EVERY_S)
    wall = time.perf_counter() - start
    return Taken(wall, _children_cpu_s() - cpu_before, peak, process.returncode, printed.read_text())


def _children_cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _tree(pid: int) -> Iterator[int]:
    yield pid
    try:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                yield from _tree(int(child))
    except OSError:
        return  # it has just ended


def _pss_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
