"""Peers that are no good receivers: one that keeps silent, one with a certificate of its own."""

import socket
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_BODY = b"{}"
_OK = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


@contextmanager
def a_silent_peer(
    says: bytes = b"", *, heard: Callable[[], object] = lambda: None
) -> Iterator[str]:
    """Takes one connection, reads, calls `heard`, says `says`, and then nothing until the end."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                heard()
                connection.sendall(says)
                over.wait(60)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/hooks"
        over.set()
        thread.join()


@contextmanager
def a_tls_receiver(name: str) -> Iterator[tuple[int, ssl.SSLContext]]:
    """Answers 200 to whoever accepts its certificate; the port, and a context that trusts it."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as server:
        path = Path(folder) / "both.pem"
        path.write_bytes(_certificate(name))
        ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ours.load_cert_chain(path)
        thread = threading.Thread(target=_serve_tls, args=(server, ours))
        thread.start()
        yield server.getsockname()[1], ssl.create_default_context(cafile=str(path))
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def _serve_tls(server: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        try:
            with context.wrap_socket(connection, server_side=True) as spoken:
                asked = b""
                while not asked.endswith(_BODY):
                    asked += spoken.recv(65_536)
                spoken.sendall(_OK)
        except OSError:
            continue


def _certificate(name: str) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)
