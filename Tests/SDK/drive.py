"""Drives a Herald server with the unmodified Microsoft Graph SDK for Python, and says what it saw.

usage: drive.py BASE_URL TOKEN      (BASE_URL ends in /v1.0)
"""

import asyncio
import sys
import time

from azure.core.credentials import AccessToken
from kiota_abstractions.api_error import APIError
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphServiceClient
from msgraph.graph_request_adapter import GraphRequestAdapter
from msgraph.generated.models.body_type import BodyType
from msgraph.generated.models.conversation import Conversation
from msgraph.generated.models.conversation_thread import ConversationThread
from msgraph.generated.models.email_address import EmailAddress
from msgraph.generated.models.file_attachment import FileAttachment
from msgraph.generated.models.group import Group
from msgraph.generated.models.item_body import ItemBody
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.post import Post
from msgraph.generated.models.recipient import Recipient
from msgraph.generated.models.single_value_legacy_extended_property import SingleValueLegacyExtendedProperty
from msgraph.generated.models.open_type_extension import OpenTypeExtension
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph.generated.groups.item.threads.item.reply.reply_post_request_body import ReplyPostRequestBody
from msgraph.generated.groups.item.threads.item.posts.item.forward.forward_post_request_body import ForwardPostRequestBody
from msgraph.generated.groups.item.threads.threads_request_builder import ThreadsRequestBuilder
from msgraph.generated.groups.item.threads.item.posts.posts_request_builder import PostsRequestBuilder
from msgraph.generated.groups.groups_request_builder import GroupsRequestBuilder
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph_core.tasks.page_iterator import PageIterator
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem
from msgraph_core.requests.batch_request_builder import BatchRequestBuilder

base, token = sys.argv[1], sys.argv[2]
failures = []


class Given:
    async def get_token(self, *scopes, **options):
        return AccessToken(token, int(time.time()) + 3600)

    async def close(self):
        pass


def client():
    adapter = GraphRequestAdapter(AzureIdentityAuthenticationProvider(Given(), scopes=["https://x/.default"]))
    adapter.base_url = base
    return adapter, GraphServiceClient(request_adapter=adapter)


def check(what, holds, seen=""):
    print(("ok    " if holds else "WRONG ") + what + (f": {seen}" if seen != "" else ""))
    if not holds:
        failures.append(what)


async def refused(what, call, status, code):
    try:
        await call
        check(what, False, "was not refused")
    except ODataError as error:
        seen = (error.response_status_code, error.error.code if error.error else None, error.error.message if error.error else None)
        check(what, seen[:2] == (status, code), seen)
    except APIError as error:
        check(what, False, repr(error))


async def step(name, coroutine):
    try:
        return await coroutine
    except Exception as error:  # every kind is a finding
        check(name, False, f"{type(error).__name__} {error}")


def post(text, **more):
    return Post(body=ItemBody(content_type=BodyType.Html, content=text), **more)


async def main():
    adapter, graph = client()
    nickname = f"drive{int(time.time() * 1000)}"
    group = await graph.groups.post(
        Group(display_name="Contoso Drive", mail_enabled=True, mail_nickname=nickname, security_enabled=False, group_types=["Unified"])
    )
    check("create group", group.id is not None, group.id)
    g = graph.groups.by_group_id(group.id)

    sent = Conversation(
        topic="Take your wellness days and rest",
        threads=[
            ConversationThread(
                posts=[
                    post(
                        "<b>Contoso</b> cares about you",
                        new_participants=[Recipient(email_address=EmailAddress(name="Adele Vance", address="adele@contoso.example"))],
                        attachments=[FileAttachment(odata_type="#microsoft.graph.fileAttachment", name="f.txt", content_bytes=b"hello")],
                        extensions=[OpenTypeExtension(odata_type="#microsoft.graph.openTypeExtension", extension_name="com.contoso.estimate", additional_data={"company": "Contoso"})],
                        single_value_extended_properties=[
                            SingleValueLegacyExtendedProperty(id="String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Color", value="Green")
                        ],
                    )
                ]
            )
        ],
    )
    made = await g.conversations.post(sent)
    check("create conversation", bool(made.id and made.threads and made.threads[0].id), (made.id, made.topic))
    thread_id = made.threads[0].id
    t = g.threads.by_conversation_thread_id(thread_id)

    read = await g.conversations.by_conversation_id(made.id).get()
    check("get conversation", read.topic == sent.topic and read.has_attachments, (read.topic, read.preview, read.unique_senders, read.last_delivered_date_time))
    check("list conversations", [c.id for c in (await g.conversations.get()).value] == [made.id])
    check("list threads", [x.id for x in (await g.threads.get()).value] == [thread_id])
    posts = (await t.posts.get()).value
    check("list posts", len(posts) == 1 and posts[0].body.content_type == BodyType.Html, posts[0].body.content)
    p = t.posts.by_post_id(posts[0].id)

    await t.reply.post(ReplyPostRequestBody(post=post("first reply")))
    check("reply (202, nothing returned)", len((await t.posts.get()).value) == 2)
    from msgraph.generated.groups.item.threads.item.posts.item.reply.reply_post_request_body import ReplyPostRequestBody as PostReply
    await p.reply.post(PostReply(post=post("reply to the post")))
    listed = (await t.posts.get()).value
    check("reply to a post", len(listed) == 3, [x.body.content for x in listed])

    async def attachments():
        found = (await p.attachments.get()).value
        check("list attachments", isinstance(found[0], FileAttachment) and found[0].content_bytes is not None, found[0].name)
        one = await p.attachments.by_attachment_id(found[0].id).get()
        check("get attachment", one.name == "f.txt" and one.size == 5, one.size)
    await step("attachments", attachments())

    async def extensions():
        found = (await p.extensions.get()).value
        check("list extensions", len(found) == 1 and found[0].id.endswith("com.contoso.estimate"), found[0].id)
        added = await p.extensions.post(OpenTypeExtension(odata_type="#microsoft.graph.openTypeExtension", extension_name="com.contoso.second", additional_data={"k": 1}))
        check("add an extension", added is not None and added.id is not None, added.id)
        await p.extensions.by_extension_id("com.contoso.second").delete()
        check("delete an extension", len((await p.extensions.get()).value) == 1)
    await step("extensions", extensions())

    async def replied():
        parent = await t.posts.by_post_id(listed[2].id).in_reply_to.get()
        check("inReplyTo", parent.id == posts[0].id)
    await step("inReplyTo", replied())
    async def forward():
        await p.forward.post(ForwardPostRequestBody(comment="see", to_recipients=[Recipient(email_address=EmailAddress(address="megan@contoso.example"))]))
        check("forward", True)
    await step("forward", forward())

    async def expand():
        parameters = PostsRequestBuilder.PostsRequestBuilderGetQueryParameters(
            expand=["singleValueExtendedProperties($filter=id eq 'String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Color')"])
        found = (await t.posts.get(request_configuration=RequestConfiguration(query_parameters=parameters))).value
        check("expand extended properties", found[0].single_value_extended_properties[0].value == "Green")
        parameters = PostsRequestBuilder.PostsRequestBuilderGetQueryParameters(
            filter="singleValueExtendedProperties/Any(ep: ep/id eq 'String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Color' and ep/value eq 'Green')")
        found = (await t.posts.get(request_configuration=RequestConfiguration(query_parameters=parameters))).value
        check("find by extended property", len(found) == 1, len(found))
    await step("expand", expand())

    await t.patch(ConversationThread(is_locked=True))
    check("lock (PATCH answers nothing)", (await t.get()).is_locked is True)
    await refused("reply to a locked thread", t.reply.post(ReplyPostRequestBody(post=post("no"))), 403, "ErrorAccessDenied")
    await t.patch(ConversationThread(is_locked=False))
    whole = await t.get()
    whole.is_locked = True
    await step("PATCH the whole thread back", t.patch(whole))
    check("locked by the whole thread", (await t.get()).is_locked is True)

    second = await g.threads.post(ConversationThread(topic="A thread", posts=[post("opening")]))
    check("create thread", second.id is not None and second.topic == "A thread", second.id)
    third = await g.conversations.by_conversation_id(made.id).threads.post(ConversationThread(posts=[post("another thread")]))
    check("thread in a conversation", third.id is not None, third.topic)

    async def senders():
        user = await graph.me.get()
        check("me", user.id is not None, (user.display_name, user.mail))
        await g.accepted_senders.ref.post(ReferenceCreate(odata_id=f"{base}/users/{user.id}"))
        found = (await g.accepted_senders.get()).value
        check("acceptedSenders", [x.id for x in found] == [user.id], type(found[0]).__name__)
        await g.accepted_senders.by_directory_object_id(user.id).ref.delete()
        check("acceptedSenders deleted by item", (await g.accepted_senders.get()).value == [])
        await g.members.ref.post(ReferenceCreate(odata_id=f"{base}/directoryObjects/{user.id}"))
        members = (await g.members.get()).value
        check("members", user.id in [x.id for x in members], type(members[0]).__name__)
        await g.subscribe_by_mail.post()
        await g.unsubscribe_by_mail.post()
        check("subscribe and unsubscribe", True)
    await step("senders", senders())

    # Paging over 45 threads, 20 a page by default.
    for number in range(45):
        await g.threads.post(ConversationThread(topic=f"Thread {number}", posts=[post("x")]))
    first = await g.threads.get()
    seen = []
    pages = PageIterator(first, adapter)
    await pages.iterate(lambda item: seen.append(item.id) or True)
    check("PageIterator over every thread once", len(seen) == 48 and len(set(seen)) == 48, (len(first.value), len(seen)))
    parameters = ThreadsRequestBuilder.ThreadsRequestBuilderGetQueryParameters(top=3, select=["id", "topic"], filter="startswith(topic,'Thread 4')", count=True)
    some = await g.threads.get(request_configuration=RequestConfiguration(query_parameters=parameters))
    check("$top, $select, $filter, $count", len(some.value) == 3 and some.odata_count == 6, (some.odata_count, [x.topic for x in some.value]))
    async def count():
        number = await g.threads.count.get()
        check("/$count", number == 48, number)
    await step("/$count", count())
    parameters = GroupsRequestBuilder.GroupsRequestBuilderGetQueryParameters(filter="groupTypes/any(c:c eq 'Unified')", top=5)
    found = await graph.groups.get(request_configuration=RequestConfiguration(query_parameters=parameters))
    check("groups filtered", all("Unified" in x.group_types for x in found.value), len(found.value))

    await refused("unknown conversation", g.conversations.by_conversation_id("C" + "A" * 22).get(), 404, "ErrorItemNotFound")
    await refused("unknown group", graph.groups.by_group_id("00000000-0000-4000-8000-000000000001").get(), 404, "Request_ResourceNotFound")
    await refused("bad select", g.threads.get(request_configuration=RequestConfiguration(query_parameters=ThreadsRequestBuilder.ThreadsRequestBuilderGetQueryParameters(select=["colour"]))), 400, "BadRequest")
    await refused("no recipients' address", g.threads.post(ConversationThread(topic="x", posts=[post("x", new_participants=[Recipient(email_address=EmailAddress(address="nowhere"))])])), 400, "ErrorInvalidRecipients")

    async def batch():
        one = g.threads.to_get_request_information()
        two = graph.groups.by_group_id("00000000-0000-4000-8000-000000000001").to_get_request_information()
        three = g.threads.to_post_request_information(ConversationThread(topic="From a batch", posts=[post("x")]))
        items = [BatchRequestItem(request_information=x) for x in (one, two)]
        items.append(BatchRequestItem(request_information=three, depends_on=[items[0]]))
        content = BatchRequestContent({item.id: item for item in items})
        answer = await BatchRequestBuilder(adapter).post(content)
        status = {number: answer.responses[item.id].status for number, item in enumerate(items)}
        check("batch", list(status.values()) == [200, 404, 201], status)
    await step("batch", batch())

    async def deltas():
        page = await graph.groups.delta.get()
        check("groups/delta", page.odata_delta_link is not None or page.odata_next_link is not None, len(page.value))
    await step("delta", deltas())

    await g.conversations.by_conversation_id(made.id).delete()
    await refused("conversation after delete", g.conversations.by_conversation_id(made.id).get(), 404, "ErrorItemNotFound")
    await g.delete()
    await refused("group after delete", g.get(), 404, "Request_ResourceNotFound")
    print(f"{len(failures)} wrong" if failures else "all as against Graph")


asyncio.run(main())
sys.exit(1 if failures else 0)
