"""The script that most people would write: read the CSV, one shared httpx client, gather, a semaphore.

    python usual_script.py FILE API_URL OAUTH_URL BOOK

It has no pacing, no ledger, no report and no retries; it is here to be compared with.
"""

import asyncio
import csv
import sys
from pathlib import Path

import httpx

CONCURRENT = 16


async def main(file: str, api_url: str, oauth_url: str, book: str) -> None:
    """Post every row of `file` to the book."""
    with Path(file).open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    gate = asyncio.Semaphore(CONCURRENT)
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=CONCURRENT)) as client:
        form = {"grant_type": "account_credentials", "account_id": "sandbox-account"}
        answer = await client.post(oauth_url, data=form, auth=("sandbox-client", "sandbox-secret"))
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        url = f"{api_url}/contact_center/address_books/{book}/contacts"

        async def send(row: dict[str, str]) -> str:
            async with gate:
                contact = {
                    "display_name": row["name"],
                    "phone_numbers": [row["phone"]],
                    "emails": [row["email"]],
                }
                reply = await client.post(url, json=contact, headers=headers)
                reply.raise_for_status()
                return str(reply.json()["contact_id"])

        ids = await asyncio.gather(*(send(row) for row in rows))
    print(len(set(ids)), "contacts")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))
