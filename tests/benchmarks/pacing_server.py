"""A server that only counts: one-second windows of three kinds, a way with delays, and a log of what arrived.

A process of its own, so that it shares no event loop with the client. Speaks just enough HTTP/1.1. Every
request is delayed on the way in, counted on arrival, delayed on the way back, and answered 201 or 429. `GET
/log` returns what arrived as JSON: [[seconds since the start, name of the client, accepted], ...]. Ends when
its stdin closes.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from collections import deque


class FixedWindow:
    def __init__(self, limit: int) -> None:
        self.limit, self.second, self.count = limit, -1, 0

    def hit(self, now: float) -> tuple[bool, int]:
        if int(now) != self.second:
            self.second, self.count = int(now), 0
        accepted = self.count < self.limit
        self.count += accepted
        return accepted, self.limit - self.count


class SlidingWindow:
    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.calls: deque[float] = deque()

    def hit(self, now: float) -> tuple[bool, int]:
        while self.calls and self.calls[0] <= now - 1.0:
            self.calls.popleft()
        accepted = len(self.calls) < self.limit
        if accepted:
            self.calls.append(now)
        return accepted, self.limit - len(self.calls)


class Bucket:
    def __init__(self, limit: int) -> None:
        self.limit, self.tokens, self.at = limit, float(limit), 0.0

    def hit(self, now: float) -> tuple[bool, int]:
        self.tokens = min(self.limit, self.tokens + (now - self.at) * self.limit)
        self.at = now
        accepted = self.tokens >= 1
        self.tokens -= accepted
        return accepted, int(self.tokens)


WINDOWS = {"fixed": FixedWindow, "sliding": SlidingWindow, "bucket": Bucket}
REFUSED = json.dumps(
    {
        "code": 429,
        "message": "You have reached the maximum per-second rate limit for this API. Try again later.",
    }
).encode()


class Server:
    def __init__(self, settings: argparse.Namespace) -> None:
        self.settings = settings
        self.window = WINDOWS[settings.window](settings.limit)
        self.start = time.monotonic()
        self.log: list[tuple[float, str, bool]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1].decode()
                if path == "/log":
                    self.answer(writer, 200, "", json.dumps(self.log).encode())
                    continue
                await self.count(path.strip("/"), writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def count(self, client: str, writer: asyncio.StreamWriter) -> None:
        low, high = self.settings.way_ms
        await asyncio.sleep(random.uniform(low, high) / 1000)
        now = time.monotonic()
        accepted, remaining = self.window.hit(now)
        self.log.append((round(now - self.start, 4), client, accepted))
        await asyncio.sleep(self.settings.back_ms / 1000)
        headers = ""
        if self.settings.headers:
            headers = (
                "X-RateLimit-Category: Light\r\nX-RateLimit-Type: QPS\r\n"
                f"X-RateLimit-Limit: {self.settings.limit}\r\nX-RateLimit-Remaining: {remaining}\r\n"
            )
        self.answer(writer, 201 if accepted else 429, headers, b"{}" if accepted else REFUSED)

    @staticmethod
    def answer(writer: asyncio.StreamWriter, status: int, headers: str, body: bytes) -> None:
        head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
        writer.write(head.encode() + body)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--window", choices=WINDOWS, default="sliding")
    parser.add_argument("--limit", type=int, default=40)
    parser.add_argument("--way-ms", type=float, nargs=2, default=(0.0, 0.0))
    parser.add_argument("--back-ms", type=float, default=0.0)
    parser.add_argument("--headers", action="store_true")
    server = Server(parser.parse_args())
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    print(listening.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
