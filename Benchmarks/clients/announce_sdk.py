"""Posts a conversation to each group of a CSV file with the Microsoft Graph SDK for Python.

usage: announce_sdk.py PORT GROUPS.csv WIDTH
"""

import asyncio
import csv
import os
import sys
import time

from azure.core.credentials import AccessToken
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphServiceClient
from msgraph.generated.models.body_type import BodyType
from msgraph.generated.models.conversation import Conversation
from msgraph.generated.models.conversation_thread import ConversationThread
from msgraph.generated.models.item_body import ItemBody
from msgraph.generated.models.post import Post
from msgraph.graph_request_adapter import GraphRequestAdapter

port, path, width = sys.argv[1], sys.argv[2], int(sys.argv[3])


class GivenToken:
    def get_token(self, *scopes, **options):
        return AccessToken(os.environ["HERALD_TOKEN"], int(time.time()) + 3600)

    def close(self):
        pass


async def main():
    provider = AzureIdentityAuthenticationProvider(GivenToken(), allowed_hosts=["127.0.0.1"])
    adapter = GraphRequestAdapter(provider)
    adapter.base_url = f"http://127.0.0.1:{port}/v1.0"
    client = GraphServiceClient(request_adapter=adapter)
    with open(path, newline="", encoding="utf-8") as file:
        groups = iter([row["id"] for row in csv.DictReader(file)])

    async def worker():
        for group in groups:
            body = ItemBody(
                content_type=BodyType.Html, content="<p>Contoso cares about you: rest and recharge.</p>"
            )
            made = await client.groups.by_group_id(group).conversations.post(
                Conversation(
                    topic="Take your wellness days and rest", threads=[ConversationThread(posts=[Post(body=body)])]
                )
            )
            assert made.id

    await asyncio.gather(*(worker() for _ in range(width)))


asyncio.run(main())
