"""The fixtures themselves, so that a failure elsewhere is not theirs."""

import asyncio
import imaplib
import ssl
import time

import aiokafka
import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tests.services.servers import execute


async def test_a_record_goes_through_the_shared_broker(kafka, topic_prefix):
    topic = f"{topic_prefix}records"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 2, 1)])
    await admin.close()
    async with aiokafka.AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        await producer.send_and_wait(topic, b"value", key=b"key")
    async with aiokafka.AIOKafkaConsumer(topic, bootstrap_servers=kafka, auto_offset_reset="earliest") as consumer:
        record = await asyncio.wait_for(consumer.getone(), 60)
    assert (record.key, record.value) == (b"key", b"value")


async def test_databases_are_empty_and_separate(database, postgres):
    connection = await asyncpg.connect(database)
    await connection.execute("CREATE TABLE mine (x int)")
    await connection.close()
    assert execute(postgres, "SELECT count(*) FROM pg_tables WHERE tablename = 'mine'") == "0"


def test_postgres_keeps_committed_rows_over_a_kill(postgres_server):
    execute(postgres_server.url, "CREATE TABLE kept AS SELECT 1 AS x")
    postgres_server.kill()
    assert not postgres_server.answers()
    postgres_server.start()
    assert execute(postgres_server.url, "SELECT x FROM kept") == "1"


def test_dovecot_serves_a_delivered_mail_over_tls(dovecot, unique):
    dovecot.add_user(unique, "secret")
    dovecot.deliver(unique, b"Subject: one\r\n\r\nbody\r\n")
    dovecot.deliver(unique, b"Subject: two\r\n\r\nbody\r\n", "Projects")
    trust = ssl.create_default_context(cafile=str(dovecot.ca_file))
    with imaplib.IMAP4_SSL(dovecot.host, dovecot.tls_port, ssl_context=trust) as client:
        client.login(unique, "secret")
        assert client.select("INBOX")[1] == [b"1"]
        assert client.select("Projects")[1] == [b"1"]


def test_dovecot_accepts_a_token_only_while_it_is_granted(dovecot, unique):
    dovecot.add_user(unique, "secret")
    answer = f"user={unique}\x01auth=Bearer T{unique}\x01\x01".encode()
    dovecot.tokens.grant(f"T{unique}", unique)
    with imaplib.IMAP4(dovecot.host, dovecot.port) as client:
        assert client.authenticate("XOAUTH2", lambda _: answer)[0] == "OK"
    dovecot.tokens.revoke(f"T{unique}")
    refusals = iter([answer, b""])
    with imaplib.IMAP4(dovecot.host, dovecot.port) as client, pytest.raises(imaplib.IMAP4.error):
        client.authenticate("XOAUTH2", lambda _: next(refusals))


def test_dovecot_changes_uidvalidity_and_kicks(dovecot, unique):
    dovecot.add_user(unique, "secret")
    dovecot.deliver(unique, b"Subject: one\r\n\r\nbody\r\n")
    dovecot.set_uidvalidity(unique, 4242)
    client = imaplib.IMAP4(dovecot.host, dovecot.port)
    client.login(unique, "secret")
    client.select("INBOX")
    assert client.response("UIDVALIDITY")[1] == [b"4242"]
    dovecot.kick(unique)
    try:
        with pytest.raises(imaplib.IMAP4.abort):
            _ask_until_refused(client)
    finally:
        client.shutdown()


def _ask_until_refused(client):
    """A kicked session learns of it by a signal: a command can still be answered before."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        client.noop()
        time.sleep(0.02)


def test_a_dovecot_can_hide_idle_and_restart(make_dovecot, unique):
    server = make_dovecot(capability="IMAP4rev1 UIDPLUS")
    server.add_user(unique, "secret")
    server.kill()
    server.start()
    with imaplib.IMAP4(server.host, server.port) as client:
        client.login(unique, "secret")
        assert set(client.capability()[1]) == {b"IMAP4rev1 UIDPLUS"}


@pytest.fixture
async def echo():
    """Port of a server that sends everything back."""

    async def serve(reader, writer):
        while data := await reader.read(100):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


async def test_the_proxy_holds_bytes_back_and_gives_them_later(tcp_proxy, echo):
    proxy = await tcp_proxy(echo)
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(b"a")
    assert await reader.read(1) == b"a"
    proxy.blackhole()
    writer.write(b"b")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(1), 0.2)
    await proxy.restore()
    assert await reader.read(1) == b"b"
    writer.close()


async def test_the_proxy_resets_drops_and_refuses(tcp_proxy, echo):
    proxy = await tcp_proxy(echo)
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(b"a")
    await reader.read(1)
    await proxy.reset()
    with pytest.raises(ConnectionResetError):
        await reader.read(1)
    writer.close()

    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(b"a")
    await reader.read(1)
    await proxy.drop_all()
    assert await reader.read(1) == b""
    writer.close()

    await proxy.refuse()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", proxy.port)
    await proxy.restore()
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(b"c")
    assert await reader.read(1) == b"c"
    writer.close()
