"""Does the server call only places that it may call, and come back in time with no more than it asked for?"""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from modelwright.kit.addresses import is_public
from modelwright.kit.egress import Egress
from modelwright.types.errors import Invalid, ModelwrightError, TooLarge, Unavailable

Reply = Callable[[socket.socket, bytes], None]


class Receiver:
    """A TCP server on loopback that answers every connection by a function of what it was sent."""

    def __init__(self, reply: Reply, tls: ssl.SSLContext | None = None) -> None:
        self.seen: list[bytes] = []
        self.names: list[str | None] = []
        self._reply = reply
        self._tls = tls
        if tls is not None:
            tls.sni_callback = lambda _socket, name, _context: self.names.append(name)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                received = b""
                while b"\r\n\r\n" not in received:
                    part = connection.recv(65_536)
                    if not part:
                        return
                    received += part
                self.seen.append(received)
                self._reply(connection, received)
        except OSError:
            pass

    def close(self) -> None:
        self._socket.close()


Serve = Callable[..., Receiver]


@pytest.fixture
def serve() -> Iterator[Serve]:
    made: list[Receiver] = []

    def start(reply: Reply, tls: ssl.SSLContext | None = None) -> Receiver:
        made.append(Receiver(reply, tls))
        return made[-1]

    yield start
    for receiver in made:
        receiver.close()


def fine(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-One: 1\r\n\r\nhello")


def to(*addresses: str) -> Callable[[str, int], Sequence[str]]:
    return lambda _host, _port: addresses


PRIVATE = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "224.0.0.1",
    "239.1.1.1",
    "255.255.255.255",
    "240.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "168.63.129.16",
    "192.88.99.1",
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "100::1",
    "3fff::1",
    "5f00::1",
    "fe80::1%eth0",
    "fec0::1",
]
PUBLIC = ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001:81b::200e"]


@pytest.mark.parametrize("text", PRIVATE)
def test_an_address_that_is_not_public_is_refused_written_out_and_behind_a_name(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))
    with pytest.raises(Invalid):
        Egress(resolve=to(text)).check("https://receiver.example/hook")
    with pytest.raises(Invalid):
        Egress().check(f"http://[{text}]/" if ":" in text else f"http://{text}/")


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_passes(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))
    assert Egress(resolve=to(text)).check("https://receiver.example/hook").port == 443
    Egress().check(f"http://[{text}]/" if ":" in text else f"http://{text}/")


@pytest.mark.parametrize(
    "url",
    [
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://127.0.1/",
        "http://0/",
        "http://0x7f.0.0.1/",
        "http://127.0.0.1./",
        "http://127.0.0.0x1/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::1%25lo]/",
        "http://[::1%lo]/",
        "http://１２７.0.0.1/",
        "http://127。0。0。1/",
        "http://user:pass@host.example/",
        "http://user@host.example/",
        "http://host.example#@evil.example/",
        "http://host.example/#part",
        "http://good.example\\@evil.example/",
        "http://good.example\\evil.example/",
        "http:\\\\good.example/",
        "https:host.example/",
        "https:///path",
        "http://",
        "//host.example/",
        "host.example",
        "",
        "http://host.example:0/",
        "http://host.example:99999/",
        "http://host.example:80:80/",
        "http://host.example:+80/",
        "http://host.example:/",
        "gopher://host.example/",
        "ftp://host.example/",
        "file:///etc/passwd",
        "hdfs://host.example/",
        "data:text/plain,x",
        "javascript:alert(1)",
        "mailto:a@b.example",
        "http://host.example/a b",
        "http://host.example/\r\nX-Evil: 1",
        "http://host.example/\t",
        " http://host.example/",
        "http://host.example/\x00",
        "http://hö.example/",
        "http://host.example/ü",
        "http://-host.example/",
        "http://host..example/",
        "http://host,example/",
        "http://[::1/",
        "http://host.example/" + "a" * 5000,
        "http://%31%32%37.0.0.1/",
        "http://ho st/",
        "http://host.example:80@evil.example/",
    ],
)
def test_a_url_that_readers_may_read_differently_is_refused(url: str) -> None:
    called: list[str] = []

    def resolve(host: str, _: int) -> Sequence[str]:
        called.append(host)
        return ["8.8.8.8"]

    for call in (Egress(resolve=resolve).check, lambda text: Egress(resolve=resolve).request("GET", text)):
        with pytest.raises(Invalid):
            call(url)
    assert called == []


def test_a_name_with_one_private_address_among_public_ones_is_refused() -> None:
    with pytest.raises(Invalid):
        Egress(resolve=to("8.8.8.8", "10.0.0.1")).request("GET", "http://mixed.example/")


def test_a_name_that_changes_its_mind_gains_nothing(serve: Serve) -> None:
    """Rebinding: public when it is saved, private when it is called; and never resolved twice in one call."""
    receiver = serve(fine)
    answers = iter([["8.8.8.8"], ["127.0.0.1"], ["8.8.8.8"]])
    asked: list[int] = []

    def resolve(_host: str, port: int) -> Sequence[str]:
        asked.append(port)
        return next(answers)

    way = Egress(resolve=resolve)
    url = f"http://flipping.example:{receiver.port}/"
    way.check(url)
    with pytest.raises(Invalid):
        way.request("POST", url)
    assert len(asked) == 2
    assert receiver.seen == []


def test_the_checked_address_is_called_under_the_name_of_the_url(serve: Serve) -> None:
    receiver = serve(fine)
    way = Egress(["127.0.0.0/8"], resolve=to("127.0.0.1"))
    answer = way.request(
        "POST", f"http://receiver.example:{receiver.port}/a?b=c", headers={"X-Mine": "yes"}, body=b"content"
    )
    assert (answer.status, answer.body, answer.headers["x-one"]) == (200, b"hello", "1")
    request = receiver.seen[0]
    assert request.startswith(b"POST /a?b=c HTTP/1.1\r\n")
    assert f"Host: receiver.example:{receiver.port}\r\n".encode() in request
    assert b"X-Mine: yes\r\n" in request
    assert request.endswith(b"\r\n\r\ncontent")


def test_a_host_is_allowed_by_name_by_port_by_address_and_by_network(serve: Serve) -> None:
    receiver = serve(fine)
    url = f"http://inside.example:{receiver.port}/"
    for allow in ("inside.example", f"inside.example:{receiver.port}", "127.0.0.1", "127.0.0.0/8", "INSIDE.example"):
        assert Egress([allow], resolve=to("127.0.0.1")).request("GET", url).status == 200
    for allow in ("other.example", "inside.example:1", "10.0.0.0/8", "example", "nside.example", "::1"):
        with pytest.raises(Invalid):
            Egress([allow], resolve=to("127.0.0.1")).request("GET", url)
    with pytest.raises(Invalid):
        Egress(["10.0.0.0/99"])


def test_a_redirect_is_an_answer_and_not_followed(serve: Serve) -> None:
    inside = serve(fine)

    def away(connection: socket.socket, _: bytes) -> None:
        connection.sendall(
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/\r\nContent-Length: 0\r\n\r\n" % inside.port
        )

    receiver = serve(away)
    answer = Egress(["127.0.0.1"]).request("GET", f"http://127.0.0.1:{receiver.port}/")
    assert answer.status == 302
    assert inside.seen == []


def test_proxies_of_the_environment_are_not_asked(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy, receiver = serve(fine), serve(fine)
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    assert Egress(["127.0.0.1"]).request("GET", f"http://127.0.0.1:{receiver.port}/").status == 200
    with pytest.raises(Invalid):
        Egress().request("GET", f"http://127.0.0.1:{receiver.port}/")
    assert proxy.seen == []


def drip(connection: socket.socket, content: bytes) -> None:
    for byte in content * 10_000:
        connection.sendall(bytes([byte]))
        time.sleep(0.05)


@pytest.mark.parametrize(
    "reply",
    [
        lambda connection, _: time.sleep(5),
        lambda connection, _: drip(connection, b"HTTP/1.1 200 OK\r\n"),
        lambda connection, _: drip(connection, b"x"),
        lambda connection, _: (connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n"), drip(connection, b"body")),
        lambda connection, _: (connection.sendall(b"HTTP/1.1 200 OK\r\n"), drip(connection, b"X: y\r\n")),
    ],
)
def test_one_who_answers_slowly_or_not_at_all_is_left_in_time(serve: Serve, reply: Reply) -> None:
    receiver = serve(reply)
    began = time.monotonic()
    with pytest.raises(Unavailable):
        Egress(["127.0.0.1"]).request("GET", f"http://127.0.0.1:{receiver.port}/", timeout_s=0.4)
    assert time.monotonic() - began < 3


def test_a_resolver_that_hangs_is_left_in_time() -> None:
    began = time.monotonic()
    with pytest.raises(Unavailable):
        Egress(resolve=lambda _host, _port: time.sleep(4) or []).request("GET", "http://slow.example/", timeout_s=0.2)
    assert time.monotonic() - began < 2


def endless(connection: socket.socket, head: bytes, piece: bytes) -> None:
    connection.sendall(head)
    while True:
        connection.sendall(piece)


@pytest.mark.parametrize(
    "head,piece",
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65_536),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", b"x" * 65_536),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"ff\r\n" + b"x" * 255 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\n", b"X-Header: " + b"y" * 1000 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"y" * 1000),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"", b"y" * 1000),
    ],
)
def test_no_more_is_read_than_was_asked_for(serve: Serve, head: bytes, piece: bytes) -> None:
    receiver = serve(lambda connection, _: endless(connection, head, piece))
    with pytest.raises((TooLarge, Unavailable)):
        Egress(["127.0.0.1"]).request("GET", f"http://127.0.0.1:{receiver.port}/", limit=100_000, timeout_s=20)


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"hello\r\n\r\n",
        b"HTTP/1.1 999999 X\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    ],
)
def test_an_answer_that_is_broken_or_breaks_off_is_no_answer(serve: Serve, reply: bytes) -> None:
    receiver = serve(lambda connection, _: connection.sendall(reply))
    with pytest.raises(Unavailable):
        Egress(["127.0.0.1"]).request("GET", f"http://127.0.0.1:{receiver.port}/", timeout_s=5)


def test_headers_cannot_smuggle_a_second_request(serve: Serve) -> None:
    receiver = serve(fine)
    for name, value in (
        ("X", "a\r\nEvil: 1"),
        ("X", "a\nb"),
        ("X\r\nEvil", "1"),
        ("Host", "evil"),
        ("content-length", "0"),
        ("Transfer-Encoding", "chunked"),
        ("", "x"),
        ("X", "ü"),
        ("X", "\x7f"),
    ):
        with pytest.raises(Invalid):
            Egress(["127.0.0.1"]).request("GET", f"http://127.0.0.1:{receiver.port}/", headers={name: value})
    with pytest.raises(Invalid):
        Egress(["127.0.0.1"]).request("GET / HTTP/1.1\r\nX:", f"http://127.0.0.1:{receiver.port}/")
    assert receiver.seen == []


def test_errors_name_the_place_and_never_the_path_or_query(serve: Serve) -> None:
    receiver = serve(lambda connection, _: None)
    closed = socket.create_server(("127.0.0.1", 0))
    port = closed.getsockname()[1]
    closed.close()
    for url in (
        f"http://127.0.0.1:{receiver.port}/s3cret?key=s3cret",
        f"http://127.0.0.1:{port}/s3cret",
        "http://10.0.0.1/s3cret",
        "http://s3cret@host.example/",
        "http://nowhere.invalid/s3cret",
    ):
        with pytest.raises(ModelwrightError) as caught:
            Egress(["127.0.0.1"]).request("GET", url, timeout_s=3)
        assert "s3cret" not in f"{caught.value.message}{caught.value.hint}{caught.value.__cause__}"


def test_a_download_is_given_out_piece_by_piece_and_the_errors_of_its_reader_stay_its_own(serve: Serve) -> None:
    def large(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n")
        for _ in range(300):
            connection.sendall(bytes(10_000))

    receiver = serve(large)
    way = Egress(["127.0.0.1"])
    url = f"http://127.0.0.1:{receiver.port}/"
    with way.stream("GET", url) as download:
        sizes = [len(chunk) for chunk in download.chunks]
    assert sum(sizes) == 3_000_000
    assert len(sizes) > 10
    with pytest.raises(TooLarge), way.stream("GET", url, limit=1000) as download:
        list(download.chunks)
    with pytest.raises(FileNotFoundError), way.stream("GET", url):
        Path("/nowhere/at/all").read_bytes()


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's and a client's TLS context for one self-signed certificate."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return server, ssl.create_default_context(cafile=str(folder / "cert.pem"))


def test_tls_asks_for_the_name_and_believes_only_a_trusted_certificate_of_it(serve: Serve, tmp_path: Path) -> None:
    ours, theirs = certificate(tmp_path, "receiver.example")
    receiver = serve(fine, ours)
    way = Egress(["127.0.0.1"], resolve=to("127.0.0.1"), tls=theirs)
    assert way.request("GET", f"https://receiver.example:{receiver.port}/").body == b"hello"
    assert receiver.names == ["receiver.example"]
    for caller, name in ((way, "other.example"), (Egress(["127.0.0.1"], resolve=to("127.0.0.1")), "receiver.example")):
        with pytest.raises(Unavailable) as caught:
            caller.request("GET", f"https://{name}:{receiver.port}/")
        assert "certificate" in caught.value.message
    assert len(receiver.seen) == 1


def test_the_second_address_is_tried_when_the_first_does_not_answer(serve: Serve) -> None:
    receiver = serve(fine)
    way = Egress(["127.0.0.0/8"], resolve=to("127.0.0.2", "127.0.0.1"))
    assert way.request("GET", f"http://two.example:{receiver.port}/").status == 200
