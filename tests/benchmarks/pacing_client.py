"""One client of the pacing benchmark, a process of its own: workers that call when their pacer lets them.

Prints one line of JSON at the end: CPU seconds, calls, the limit it found out. With `--other RATE` it is
somebody else's program instead, which calls at a steady rate and asks nobody.
"""

import argparse
import asyncio
import json
import random
import time
from pathlib import Path

from importer.model import Reply
from importer.zoom.budget import Budget
from importer.zoom.pacing import Pacer
from importer.zoom.pacing_rates import Rate


class Lane:
    """One connection, one call at a time."""

    def __init__(self, port: int, name: str) -> None:
        self.port = port
        self.request = f"GET /{name} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def open(self) -> None:
        self.streams = await asyncio.open_connection("127.0.0.1", self.port)

    async def call(self) -> Reply:
        assert self.streams is not None
        reader, writer = self.streams
        writer.write(self.request)
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {
            name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:] if line)
        }
        return Reply(
            int(lines[0].split()[1]), headers, await reader.readexactly(int(headers["content-length"]))
        )


async def run_import(args: argparse.Namespace) -> dict[str, object]:
    budget = Budget(args.budget, "bench", "light") if args.budget else None
    # the benchmark's client has nothing else to do in the second before its first call
    pacer = Pacer(Rate(args.limit), budget=budget, quiet_since=time.monotonic() - 1)
    lanes = [Lane(args.port, args.name) for _ in range(args.workers)]
    for lane in lanes:
        await lane.open()
    end = time.monotonic() + args.seconds
    calls = 0
    cpu_start = time.process_time()

    async def work(lane: Lane) -> None:
        nonlocal calls
        # nobody queues for a call that would leave after the end
        while time.monotonic() + pacer.waiting / pacer.rate < end:
            await pacer.acquire()
            sent_at = time.monotonic()
            reply = await lane.call()
            pacer.observe(reply, sent_at)
            calls += 1
            if reply.status == 429:
                await asyncio.sleep(0.1 + 0.2 * random.random())  # as a sender waits before its retry

    await asyncio.gather(*(work(lane) for lane in lanes))
    return {"calls": calls, "cpu_s": time.process_time() - cpu_start, "observed_limit": pacer.observed_limit}


async def run_other(args: argparse.Namespace) -> dict[str, object]:
    free: asyncio.LifoQueue[Lane] = asyncio.LifoQueue()
    for _ in range(args.workers):
        lane = Lane(args.port, args.name)
        await lane.open()
        free.put_nowait(lane)

    async def call() -> None:
        lane = await free.get()
        await lane.call()
        free.put_nowait(lane)

    start, sent, calls = time.monotonic(), 0, set()
    while sent < args.other * args.seconds:
        await asyncio.sleep(max(0.0, start + sent / args.other - time.monotonic()))
        calls.add(asyncio.create_task(call()))
        sent += 1
    await asyncio.gather(*calls)
    return {"calls": sent}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--name", default="import")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--limit", type=int, default=40)
    parser.add_argument("--workers", type=int, default=100)
    parser.add_argument("--budget", type=Path)
    parser.add_argument("--other", type=float, help="calls a second, instead of pacing")
    args = parser.parse_args()
    result = asyncio.run(run_other(args) if args.other else run_import(args))
    print(json.dumps(result))


if __name__ == "__main__":
    main()
