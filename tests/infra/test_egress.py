import asyncio
import datetime as dt
import gzip
import os
import socket
import ssl
import time
from email.utils import format_datetime

import httpcore2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from domain.errors import ExternalServiceError
from domain.listings import Validator
from infra.egress import (
    AddressRefusedError,
    AnswerTooLargeError,
    BrokenAnswerError,
    Egress,
    EgressPolicy,
    ForbiddenError,
    HostParkedError,
    StatusError,
    UnreachableError,
)
from infra.egress.addresses import AllowList, is_public
from infra.payloads import UnreadablePayloadError, decode_text, read_json

PUBLIC = "93.184.215.14"


def egress(*allow, resolver=None, connect=None, tls=None, **changes):
    policy = {"interval": 0.0, "backoff": 0.0, "total_timeout": 5.0, **changes}
    worlds = {"resolver": resolver} if resolver else {}
    return Egress(EgressPolicy(allow=tuple(allow), **policy), connect=connect, tls=tls, **worlds)


def names(**addresses):
    """A resolver that knows these names only; every answer is used up in turn, the last one for ever."""
    asked = []

    async def resolve(host, port):
        asked.append(host)
        answers = addresses.get(host.replace(".", "_").replace("-", "_"))
        if answers is None:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return [answer] if isinstance(answer, str) else answer

    resolve.asked = asked
    return resolve


class Wires(httpcore2.AsyncNetworkBackend):
    """Connects every address to one local port and remembers which address was asked for."""

    def __init__(self, port):
        self.port = port
        self.connected = []

    async def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        self.connected.append((host, port))
        return await httpcore2.AnyIOBackend().connect_tcp("127.0.0.1", self.port, timeout)


class Nowhere(httpcore2.AsyncNetworkBackend):
    async def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        raise AssertionError(f"a connection to {host}:{port} was opened")


# --- addresses ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "0x7f000001",
        "0x7f.0.0.1",
        "2130706433",
        "017700000001",
        "0177.0.0.1",
        "0",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::1]",
        "[2002:7f00:1::]",
        "[2002:a9fe:a9fe::]",
        "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
        "[fe80::1]",
        "[fe80::1%25eth0]",
        "[fd00:ec2::254]",
        "[fec0::1]",
        "[ff02::1]",
        "[2001:db8::1]",
        "[3fff::1]",
        "169.254.169.254",
        "169.254.169.254.",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
        "10.0.0.1",
        "10.255.255.255",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",
        "198.18.0.1",
        "192.0.2.1",
        "224.0.0.1",
        "239.255.255.250",
        "255.255.255.255",
        "240.0.0.1",
    ],
)
async def test_an_address_inside_is_refused_before_any_connection(host):
    async with egress(connect=Nowhere()) as client:
        with pytest.raises(AddressRefusedError) as refused:
            await client.get(f"https://{host}/")
    assert refused.value.code == "VALIDATION_ERROR"
    assert isinstance(refused.value, ExternalServiceError)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::"]
)
def test_a_public_address_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize("text", ["", "localhost", "fe80::1%eth0", "1.2.3", "::ffff:10.0.0.1", "nonsense"])
def test_what_is_no_public_number_is_not_public(text):
    assert not is_public(text)


@pytest.mark.parametrize(
    "answer",
    [
        "127.0.0.1",
        "169.254.169.254",
        "10.1.2.3",
        "::1",
        "fd00:ec2::254",
        "::ffff:169.254.169.254",
        "fe80::1%eth0",
        ["93.184.215.14", "10.0.0.1"],
    ],
)
async def test_a_name_that_leads_inside_is_refused_even_by_one_of_its_answers(answer):
    for name in ("metadata.google.internal", "localhost", "jobs.example.com"):
        resolver = names(**{name.replace(".", "_"): [answer]})
        async with egress(resolver=resolver, connect=Nowhere()) as client:
            with pytest.raises(AddressRefusedError, match="not a public address"):
                await client.get(f"https://{name}/latest/meta-data")
            with pytest.raises(AddressRefusedError):
                await client.check(f"https://{name}/")


@pytest.mark.parametrize(
    "url",
    [
        "http://jobs.example.com/",
        "ftp://jobs.example.com/",
        "file:///etc/passwd",
        "gopher://jobs.example.com/",
        "//jobs.example.com/",
        "jobs.example.com",
        "",
        "https://",
        "https:///path",
        "https://user:secret@jobs.example.com/",
        "https://jobs.example.com\\@127.0.0.1/",
        "https://jobs.example.com:22/",
        "https://jobs.example.com:6379/",
        "https://jobs.example.com:99999/",
        "https://exa mple.com/",
        "https://" + "a" * 70_000,
        "https://\u0000.example.com/",
    ],
)
async def test_an_address_of_the_wrong_form_is_refused(url):
    async with egress(resolver=names(jobs_example_com=[PUBLIC]), connect=Nowhere()) as client:
        with pytest.raises(AddressRefusedError):
            await client.get(url)


async def test_the_connection_goes_to_the_checked_address_though_the_name_changes_its_mind(boards):
    boards.routes["/"] = boards.Reply(200, "hello")
    resolver = names(rebind_example_com=[PUBLIC, "127.0.0.1"])
    wires = Wires(boards.port)
    async with egress(resolver=resolver, connect=wires, allow_http=True) as client:
        first = await client.get("http://rebind.example.com/")
        assert first.content == b"hello"
        assert wires.connected == [(PUBLIC, 80)]
        assert resolver.asked == ["rebind.example.com"]
        assert boards.log[0].headers["host"] == "rebind.example.com"
    async with egress(resolver=resolver, connect=wires, allow_http=True) as client:
        with pytest.raises(AddressRefusedError, match=r"127\.0\.0\.1"):
            await client.get("http://rebind.example.com/")


async def test_an_unknown_name_is_unreachable():
    async with egress(resolver=names(), connect=Nowhere(), attempts=1) as client:
        with pytest.raises(UnreachableError, match=r"no host named nowhere\.example\.com"):
            await client.get("https://nowhere.example.com/")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "jobs.example.com")])
    now = dt.datetime.now(dt.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("jobs.example.com")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "cert.pem"
    path.write_bytes(
        built.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


async def test_tls_names_and_verifies_the_host_though_the_connection_is_made_by_number(board_server_class, certificate):
    offered = []
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(certificate)
    served.sni_callback = lambda _, name, __: offered.append(name)
    trusting = ssl.create_default_context(cafile=certificate)
    resolver = names(jobs_example_com=[PUBLIC], other_example_com=[PUBLIC])
    async with board_server_class(served) as server:
        server.routes["/"] = server.Reply(200, "hello")
        async with egress(resolver=resolver, connect=Wires(server.port), tls=trusting, attempts=1) as client:
            assert (await client.get("https://jobs.example.com/")).content == b"hello"
            with pytest.raises(UnreachableError):
                await client.get("https://other.example.com/")
    assert offered == ["jobs.example.com", "other.example.com"]


# --- the operator's exceptions -------------------------------------------------------------------------------------


async def test_an_allowed_destination_may_be_inside_and_plain(boards):
    boards.routes["/"] = boards.Reply(200, "hello")
    async with egress(boards.host) as client:
        assert (await client.get(boards.url)).content == b"hello"
        with pytest.raises(AddressRefusedError):
            await client.get("http://127.0.0.1:9/")
        with pytest.raises(AddressRefusedError):
            await client.get(f"ftp://{boards.host}/")


async def test_an_allowed_network_keeps_the_rules_on_schemes_and_ports():
    resolver = names(hooks_corp=["10.1.2.3"])
    async with egress("10.1.0.0/16", resolver=resolver, connect=Nowhere()) as client:
        await client.check("https://hooks.corp/")
        await client.check("https://hooks.corp:8443/")
        for url in ("http://hooks.corp/", "https://hooks.corp:5432/"):
            with pytest.raises(AddressRefusedError):
                await client.check(url)


@pytest.mark.parametrize("entry", ["", "host", "host:port", "10.0.0.1/8", "https://host:1"])
def test_an_allow_list_names_an_entry_that_it_cannot_read(entry):
    with pytest.raises(ValueError, match="Expected host:port or a network"):
        AllowList.of([entry])


# --- redirects -----------------------------------------------------------------------------------------------------


def to(boards, location, status=302):
    return boards.Reply(status, headers={"Location": location})


async def test_redirects_are_followed_and_end_where_they_say(boards):
    boards.routes |= {
        "/a": to(boards, "/b", 301),
        "/b": to(boards, f"{boards.url}/c?x=1", 308),
        "/c": boards.Reply(200, "end"),
    }
    async with egress(boards.host) as client:
        response = await client.get(f"{boards.url}/a")
    assert (response.content, response.url) == (b"end", f"{boards.url}/c?x=1")


@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.1:1/", "https://169.254.169.254/latest", "https://[::1]/", "file:///etc/passwd", "https://127.1/"],
)
async def test_a_redirect_to_the_inside_is_refused(boards, location):
    boards.routes["/"] = to(boards, location)
    async with egress(boards.host) as client:
        with pytest.raises(AddressRefusedError):
            await client.get(boards.url)
    assert len(boards.log) == 1


async def test_a_redirect_to_a_name_that_leads_inside_is_refused(boards):
    boards.routes["/"] = to(boards, "https://inner.example.com/")

    async def resolver(host, port):
        return ["127.0.0.1"]

    async with egress(boards.host, resolver=resolver) as client:
        with pytest.raises(AddressRefusedError, match=r"inner\.example\.com leads to 127\.0\.0\.1"):
            await client.get(boards.url)


async def test_redirects_end_after_five(boards):
    boards.routes["/"] = to(boards, "/")
    async with egress(boards.host) as client:
        with pytest.raises(BrokenAnswerError, match="more than 5 times"):
            await client.get(boards.url)
    assert len(boards.log) == 6


async def test_headers_of_ours_do_not_follow_to_another_host(boards, board_server_class):
    async with board_server_class() as other:
        boards.routes["/"] = to(boards, f"{other.url}/")
        other.routes["/"] = other.Reply(200, "end")
        async with egress(boards.host, other.host) as client:
            await client.get(boards.url, headers={"authorization": "secret"}, validator=Validator(etag='"1"'))
    assert boards.log[0].headers["authorization"] == "secret"
    assert "authorization" not in other.log[0].headers
    assert "if-none-match" not in other.log[0].headers


# --- caps ------------------------------------------------------------------------------------------------------------


async def test_a_gzip_bomb_is_refused(boards):
    boards.routes["/"] = boards.zipped(b"0" * 50_000_000)
    async with egress(boards.host, max_bytes=100_000) as client:
        with pytest.raises(AnswerTooLargeError, match="100,000 bytes"):
            await client.get(boards.url)


async def test_a_bomb_in_a_bomb_is_not_even_opened(boards):
    twice = gzip.compress(gzip.compress(b"0" * 1_000_000))
    boards.routes["/"] = boards.Reply(200, twice, {"Content-Encoding": "gzip, gzip"})
    async with egress(boards.host) as client:
        with pytest.raises(BrokenAnswerError, match="encoding"):
            await client.get(boards.url)


async def test_a_large_answer_is_refused_by_its_stated_and_by_its_real_size(boards):
    boards.routes["/"] = boards.Reply(200, b"x" * 2_000)
    async with egress(boards.host, max_bytes=1_999) as client:
        with pytest.raises(AnswerTooLargeError):
            await client.get(boards.url)
    async with egress(boards.host, max_bytes=2_000) as client:
        assert len((await client.get(boards.url)).content) == 2_000


async def test_a_compressed_answer_arrives_plain(boards):
    boards.routes["/"] = boards.zipped("grüße".encode())
    async with egress(boards.host) as client:
        assert (await client.get(boards.url)).text() == "grüße"


async def test_broken_compression_is_a_broken_answer(boards):
    boards.routes["/"] = boards.Reply(200, b"not gzip at all", {"Content-Encoding": "gzip"})
    async with egress(boards.host) as client:
        with pytest.raises(BrokenAnswerError):
            await client.get(boards.url)


async def test_a_slow_answer_ends_in_time_whether_it_is_silent_or_drips(boards):
    boards.routes |= {"/silent": boards.Reply(200, "x", delay=10), "/drip": boards.Reply(200, "x" * 1000, drip=0.02)}
    async with egress(boards.host, read_timeout=0.1, total_timeout=0.3, attempts=1) as client:
        started = time.monotonic()
        for path in ("/silent", "/drip"):
            with pytest.raises(UnreachableError, match="in time"):
                await client.get(boards.url + path)
        assert time.monotonic() - started < 2


async def test_a_connection_that_breaks_off_is_unreachable(boards):
    boards.routes["/"] = boards.Reply(200, b"x" * 500, cut=100)
    async with egress(boards.host, attempts=2) as client:
        with pytest.raises(UnreachableError):
            await client.get(boards.url)
    assert len(boards.log) == 2


async def test_nobody_listening_is_unreachable():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{unused.getsockname()[1]}"
        async with egress(host, attempts=1) as client:
            with pytest.raises(UnreachableError):
                await client.get(f"http://{host}/")


# --- manners -----------------------------------------------------------------------------------------------------------


async def test_a_host_is_asked_one_question_at_a_time_and_not_too_fast(boards):
    boards.routes["/"] = boards.Reply(200, "x", delay=0.01)
    async with egress(boards.host, interval=0.05) as client:
        await asyncio.gather(*(client.get(f"{boards.url}/?n={n}") for n in range(6)))
    assert len(boards.log) == 6
    assert boards.most_at_once == 1
    assert boards.smallest_pause() >= 0.045


async def test_one_question_may_ask_for_a_longer_pause(boards):
    boards.routes["/"] = boards.Reply(200, "x")
    async with egress(boards.host) as client:
        await client.get(boards.url, interval=0.08)
        await client.get(boards.url)
    assert boards.smallest_pause() >= 0.075


async def test_two_hosts_do_not_wait_for_each_other(boards, board_server_class):
    async with board_server_class() as other:
        boards.routes["/"] = boards.Reply(200, "x", delay=0.2)
        other.routes["/"] = other.Reply(200, "x", delay=0.2)
        resolver = names(one_example_com=["127.0.0.1"], two_example_com=["127.0.0.1"])
        allow = (f"one.example.com:{boards.port}", f"two.example.com:{other.port}")
        async with egress(*allow, resolver=resolver) as client:
            started = time.monotonic()
            await asyncio.gather(
                client.get(f"http://one.example.com:{boards.port}/"),
                client.get(f"http://two.example.com:{other.port}/"),
            )
            assert time.monotonic() - started < 0.38


async def test_an_error_of_the_server_is_tried_again_and_then_told(boards):
    boards.routes["/heals"] = [boards.Reply(500), boards.Reply(503), boards.Reply(200, "well")]
    boards.routes["/ill"] = boards.Reply(502)
    async with egress(boards.host) as client:
        assert (await client.get(f"{boards.url}/heals")).content == b"well"
        with pytest.raises(StatusError, match="answered 502") as told:
            await client.get(f"{boards.url}/ill")
    assert told.value.details["status"] == 502
    assert len(boards.asked("/ill")) == 3


async def test_a_short_retry_after_is_waited_for(boards):
    boards.routes["/"] = [boards.Reply(429, headers={"Retry-After": "1"}), boards.Reply(200, "now")]
    async with egress(boards.host) as client:
        assert (await client.get(boards.url)).content == b"now"
    assert boards.smallest_pause() >= 0.99


async def test_a_long_retry_after_parks_the_host_at_once(boards):
    boards.routes["/"] = boards.Reply(429, headers={"Retry-After": "999999999999"})
    async with egress(boards.host, longest_park=600) as client:
        with pytest.raises(HostParkedError) as parked:
            await client.get(boards.url)
        assert parked.value.details["retry_after"] == 600
        started = time.monotonic()
        with pytest.raises(HostParkedError, match="left alone"):
            await client.get(f"{boards.url}/elsewhere")
        assert time.monotonic() - started < 0.5
    assert len(boards.log) == 1


async def test_a_retry_after_may_be_a_date(boards):
    later = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=10)
    boards.routes["/"] = boards.Reply(503, headers={"Retry-After": format_datetime(later, usegmt=True)})
    async with egress(boards.host) as client:
        with pytest.raises(HostParkedError) as parked:
            await client.get(boards.url)
    assert 590 <= parked.value.details["retry_after"] <= 600


@pytest.mark.parametrize("value", ["", "soon", "-5", "1e9", "٣"])
async def test_an_unreadable_retry_after_is_none(boards, value):
    boards.routes["/"] = boards.Reply(429, headers={"Retry-After": value.encode().decode("latin-1")})
    async with egress(boards.host, attempts=2) as client:
        with pytest.raises(StatusError):
            await client.get(boards.url)


async def test_403_ends_the_questions_to_that_host(boards):
    boards.routes["/"] = boards.Reply(403)
    async with egress(boards.host) as client:
        for _ in range(2):
            with pytest.raises(ForbiddenError, match="403"):
                await client.get(boards.url)
    assert len(boards.log) == 1


async def test_404_is_an_answer(boards):
    async with egress(boards.host) as client:
        assert (await client.get(f"{boards.url}/gone")).status == 404
    assert len(boards.log) == 1


async def test_a_known_document_is_asked_for_with_its_validator(boards):
    boards.json("/jobs", {"jobs": []})
    async with egress(boards.host) as client:
        first = await client.get(f"{boards.url}/jobs")
        second = await client.get(f"{boards.url}/jobs", validator=first.validator)
        modified = await client.get(
            f"{boards.url}/jobs", validator=Validator(last_modified="Wed, 01 Jul 2026 00:00:00 GMT")
        )
    assert (first.not_modified, second.not_modified, modified.not_modified) == (False, True, False)
    assert boards.log[2].headers["if-modified-since"] == "Wed, 01 Jul 2026 00:00:00 GMT"


async def test_we_say_who_we_are_and_keep_no_cookies(boards):
    boards.routes["/"] = boards.Reply(200, "x", {"Set-Cookie": "id=1"})
    async with egress(boards.host, contact="mailto:ops@example.org") as client:
        await client.get(boards.url)
        await client.get(boards.url)
    assert boards.log[1].headers["user-agent"] == "personal_automations (+mailto:ops@example.org)"
    assert "cookie" not in boards.log[1].headers


@pytest.fixture
def proxies_in_the_environment():
    before = dict(os.environ)
    os.environ.update(dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"), "http://127.0.0.1:1"))
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.mark.usefixtures("proxies_in_the_environment")
async def test_proxies_of_the_environment_are_not_used(boards):
    boards.routes["/"] = boards.Reply(200, "direct")
    async with egress(boards.host) as client:
        assert (await client.get(boards.url)).content == b"direct"


# --- sending -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 302, 403, 429, 500])
async def test_a_post_is_sent_once_and_its_answer_handed_back(boards, status):
    boards.routes["/hook"] = boards.Reply(status, "ok", {"Location": "https://127.0.0.1/", "Retry-After": "60"})
    async with egress(boards.host) as client:
        response = await client.post(f"{boards.url}/hook", b'{"a":1}', headers={"content-type": "application/json"})
        assert response.status == status
        again = await client.post(f"{boards.url}/hook", b"{}")
        assert again.status == status
    assert [asked.body for asked in boards.log] == [b'{"a":1}', b"{}"]
    assert boards.log[0].headers["content-type"] == "application/json"


async def test_a_post_to_the_inside_is_refused():
    async with egress(connect=Nowhere()) as client:
        with pytest.raises(AddressRefusedError):
            await client.post("https://10.0.0.1/", b"{}")


async def test_a_closed_client_says_so():
    with pytest.raises(RuntimeError, match="async with"):
        await egress("127.0.0.1:1").get("http://127.0.0.1:1/")


# --- payloads --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "declared"),
    [
        ("Grüße, 東京".encode(), None),
        ("Grüße, 東京".encode(), "iso-8859-1"),
        ("Grüße, 東京".encode("utf-8-sig"), None),
        ("Grüße, 東京".encode("utf-16"), "utf-8"),
        ("Grüße, 東京".encode("utf-32"), None),
        ("東京".encode("shift_jis"), "shift_jis"),
    ],
)
def test_text_is_read_in_the_encoding_that_it_has(content, declared):
    assert decode_text(content, declared).endswith("東京")


def test_latin_1_is_the_last_resort():
    assert decode_text("Grüße – €".encode("cp1252"), "utf-8") == "Grüße – €"
    assert decode_text("Grüße".encode("latin-1"), "no-such-encoding") == "Grüße"
    assert decode_text(b"\x81\x8d") == "\x81\x8d"


def test_json_is_read_whatever_its_encoding():
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"):
        assert read_json('{"name": "Grüße"}'.encode(encoding)) == {"name": "Grüße"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"  ",
        b'{"jobs": [{"id": 1',
        b"<html>",
        b"NaN",
        b"[" * 65 + b"]" * 65,
        b"[" * 100_000,
        b'{"a":' * 70 + b"1" + b"}" * 70,
    ],
)
def test_broken_cut_or_deep_json_is_refused(content):
    with pytest.raises(UnreadablePayloadError, match="Expected JSON"):
        read_json(content)


def test_json_of_64_levels_is_read():
    assert read_json(b"[" * 64 + b"]" * 64)
