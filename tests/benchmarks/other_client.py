"""Somebody else's program on the same account: calls at a steady rate, asks nobody and repeats nothing."""

import argparse
import asyncio
import time

REQUEST = b"POST /v2/contact_center/address_books/other/contacts HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def call(port: int, free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]) -> None:
    reader, writer = free.pop() if free else await asyncio.open_connection("127.0.0.1", port)
    writer.write(REQUEST)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    await reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
    free.append((reader, writer))


async def run(port: int, rate: float, seconds: float) -> None:
    free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
    calls = []
    start = time.monotonic()
    for number in range(round(rate * seconds)):
        await asyncio.sleep(max(0.0, start + number / rate - time.monotonic()))
        calls.append(asyncio.create_task(call(port, free)))
    await asyncio.gather(*calls)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    asked = parser.parse_args()
    asyncio.run(run(asked.port, asked.rate, asked.seconds))
