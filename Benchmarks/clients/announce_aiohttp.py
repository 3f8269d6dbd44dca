"""Posts a conversation to each group of a CSV file with aiohttp.

usage: announce_aiohttp.py PORT GROUPS.csv WIDTH
"""

import asyncio
import csv
import os
import sys

import aiohttp

port, path, width = sys.argv[1], sys.argv[2], int(sys.argv[3])


async def main():
    with open(path, newline="", encoding="utf-8") as file:
        groups = iter([row["id"] for row in csv.DictReader(file)])
    headers = {"Authorization": f"Bearer {os.environ['HERALD_TOKEN']}"}
    body = {"contentType": "html", "content": "<p>Contoso cares about you: rest and recharge.</p>"}
    conversation = {"topic": "Take your wellness days and rest", "threads": [{"posts": [{"body": body}]}]}
    connector = aiohttp.TCPConnector(limit=width)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", headers=headers, connector=connector) as session:

        async def worker():
            for group in groups:
                async with session.post(f"/v1.0/groups/{group}/conversations", json=conversation) as response:
                    assert response.status == 201, response.status
                    made = await response.json()
                    assert made["id"]

        await asyncio.gather(*(worker() for _ in range(width)))


asyncio.run(main())
