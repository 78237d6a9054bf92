"""Processes that do the same work on one thing after the other, and give the results back in order.

They can be started before anybody knows what there is to do. Where this process is a single thread on Linux,
workers are copies of it and ready at once; importing pandas once more in each would cost a second of every
processor. Elsewhere they are started afresh: a copy of a process with threads may hold a lock that nobody
gives back. So who speaks to the network, which takes threads, starts its workers first.
"""

import gc
import signal
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Final, Protocol, Self, TypeAlias

from importer.errors import ImportStopped, StoppedEarly

Work: TypeAlias = Callable[[Any], Any]
"""One thing -> what comes of it; picklable both."""

_AHEAD: Final = 2
"""Things waiting for each worker: it never waits, and memory stays flat."""


class Workers:
    """Some processes, started when this is made, that end when it is closed.

    Args:
        count: how many.
    """

    def __init__(self, count: int) -> None:
        self._workers: list[_Worker] = []
        copied = _may_copy()
        try:
            with _interrupts_held(afresh=not copied):  # processes inherit it: Ctrl-C is for this one
                for _ in range(count):
                    before = [worker.connection for worker in self._workers]
                    self._workers.append(_Worker(before, copied=copied))
        except BaseException:
            self.close()
            raise

    def spread(self, things: Iterable[Any], make: Callable[[], Work]) -> Generator[Any]:
        """Let the workers do it, and end them; the results come in the order of the things.

        Args:
            things: taken one after the other, as the workers get on.
            make: picklable; called once by each worker.

        Raises:
            StoppedEarly: a worker process has died.
            ImportStopped: what the work has raised.
        """
        free: SimpleQueue[_Worker] = SimpleQueue()

        def do(thing: Any) -> Any:
            worker = free.get()
            try:
                return worker.do(thing)
            finally:
                free.put(worker)

        waiting: deque[Future[Any]] = deque()
        threads = ThreadPoolExecutor(len(self._workers))  # one a worker, which does nothing but wait for it
        try:
            for worker in self._workers:
                worker.begin(make)
                free.put(worker)
            for thing in things:
                waiting.append(threads.submit(do, thing))
                if len(waiting) > len(self._workers) * _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            self.close()
            threads.shutdown(cancel_futures=True)

    def close(self) -> None:
        """End the processes, also in the middle of something. Twice is harmless."""
        for worker in self._workers:
            worker.kill()
        for worker in self._workers:
            worker.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Closeable(Protocol):
    """A connection, which Windows has of a type of its own."""

    def close(self) -> None: ...


class _Worker:
    """One process.

    Args:
        before: connections to other workers that a copy of this process would keep open.
        copied: whether it is to be a copy of this process, or to be started afresh.
    """

    def __init__(self, before: Sequence[_Closeable], *, copied: bool) -> None:
        if sys.platform == "win32":
            context = get_context("spawn")
        else:
            context = get_context("fork") if copied else get_context("spawn")
        self.connection, theirs = context.Pipe()
        ours = [*before, self.connection] if copied else []
        self._process = context.Process(target=_serve, args=(theirs, ours), daemon=True)
        self._process.start()
        theirs.close()

    def begin(self, make: Callable[[], Work]) -> None:
        """Say what is to be done with what comes."""
        with _death_told():
            self.connection.send(make)

    def do(self, thing: Any) -> Any:
        """Let the worker do it; raises what it raises."""
        with _death_told():
            self.connection.send(thing)
            outcome = self.connection.recv()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def kill(self) -> None:
        """Let the process end, also in the middle of something: nobody waits for its result any more.

        A copy begins with this process's own signal handlers, so that a signal that it could handle might
        be lost; and it has nothing to clean up.
        """
        self._process.kill()
        self.connection.close()

    def join(self) -> None:
        """Wait until it has ended."""
        self._process.join()


@contextmanager
def _death_told() -> Iterator[None]:
    try:
        yield
    except (EOFError, OSError) as error:
        raise StoppedEarly(
            "A worker process ended without a word; most often the system has stopped it for want of "
            "memory. Nothing was sent. Run the command again with --processes 1."
        ) from error


def _serve(connection: Connection, of_parent: Sequence[_Closeable]) -> None:
    """What a worker does until it is ended, or until nobody is left to ask for anything."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for one in of_parent:
        one.close()  # else this process would keep itself waiting after the parent's death
    gc.freeze()  # what is shared with the parent stays shared when the collector looks for garbage
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        work: Work = connection.recv()()
        while True:
            connection.send(_outcome(work, connection.recv()))


def _outcome(work: Work, thing: Any) -> Any:
    try:
        return work(thing)
    except ImportStopped as stopped:
        return stopped


@contextmanager
def _interrupts_held(*, afresh: bool) -> Iterator[None]:
    """Keep SIGINT from this thread, and from the processes that it starts, for a moment. Not on Windows."""
    if sys.platform == "win32":
        yield
    else:
        if afresh:
            resource_tracker.ensure_running()  # when it starts it lets SIGINT through again
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _may_copy() -> bool:
    """Whether copies of this process can work: on Linux, and as long as this is its only thread.

    Threads of libraries count, which is why the system is asked and not `threading`.
    """
    return sys.platform == "linux" and len(list(Path("/proc/self/task").iterdir())) == 1
