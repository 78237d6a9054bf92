"""A server that counts: one-second windows of three kinds, a way with delays, and a log of what arrived.

A process of its own, so that it shares no event loop with the client. Speaks just enough HTTP/1.1 and just
enough of the API for an import: tokens, an address book, contacts that are created and forgotten. Every call
is delayed on the way in, counted on arrival, delayed on the way back, and answered 2xx or 429. A client is
known by the address book it calls. `GET /log` returns what arrived as JSON: [[seconds since the start, method
and client, accepted], ...]. Prints its port; ends when its stdin closes.
"""

import argparse
import asyncio
import json
import random
import sys
import time

from windows import WINDOWS

REFUSED = {
    "code": 429,
    "message": "You have reached the maximum per-second rate limit for this API. Try again later.",
}
TOKEN = {"access_token": "t", "token_type": "bearer", "expires_in": 3600, "scope": ""}


class Server:
    def __init__(self, settings: argparse.Namespace) -> None:
        self.settings = settings
        self.window = WINDOWS[settings.window](settings.limit)
        self.start = time.monotonic()
        self.log: list[tuple[float, str, bool]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode("latin-1").lower().split("\r\n")
                length = next((int(x.split(":")[1]) for x in lines if x.startswith("content-length:")), 0)
                await reader.readexactly(length)
                method, path, _ = head.decode("latin-1").split(" ", 2)
                writer.write(await self.answer(method, path))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def answer(self, method: str, path: str) -> bytes:
        if path == "/log":
            return response(200, "", self.log)
        if path == "/oauth/token":
            return response(200, "", TOKEN)
        _, _, after = path.partition("/address_books/")
        client, _, rest = after.partition("/")
        if method == "GET" and rest.startswith("contacts?"):  # a list: another label, another limit
            return response(200, "", {"contacts": [], "next_page_token": ""})
        return await self.count(method, client)

    async def count(self, method: str, client: str) -> bytes:
        low, high = self.settings.way_ms
        await asyncio.sleep(random.uniform(low, high) / 1000)
        now = time.monotonic()
        accepted, remaining = self.window.hit(now)
        self.log.append((round(now - self.start, 4), f"{method} {client}", accepted))
        number = len(self.log)
        if self.settings.back_ms:
            await asyncio.sleep(self.settings.back_ms / 1000)
        headers = self.rate_headers(remaining) if self.settings.headers else ""
        if not accepted:
            return response(429, headers, REFUSED)
        if method == "GET":
            return response(200, headers, {"address_book_id": client, "address_book_name": client})
        return response(201, headers, {"contact_id": f"c{number}"})

    def rate_headers(self, remaining: int) -> str:
        return (
            "X-RateLimit-Category: Light\r\nX-RateLimit-Type: QPS\r\n"
            f"X-RateLimit-Limit: {self.settings.limit}\r\nX-RateLimit-Remaining: {remaining}\r\n"
        )


def response(status: int, headers: str, body: object) -> bytes:
    content = json.dumps(body).encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n"
    return f"{head}{headers}\r\n".encode() + content


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
