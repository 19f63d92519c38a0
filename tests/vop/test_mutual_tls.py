"""Other PSPs over mutual TLS: ours is shown, theirs is checked, and nothing goes out to one that is not trusted."""

import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from duerun.assembly.payees import build_payees
from duerun.domain.errors import RejectedError
from duerun.domain.payees.questions import PayeeQuestion
from duerun.domain.payees.verdicts import Reason, Verdict
from duerun.responders.base import Terms
from duerun.services import vop_peers
from duerun.services.unit import Runtime
from duerun.settings import Settings
from duerun.storage import vop_clients

from .conftest import BIC, Keep, NewRequester

IBAN = "NL20INGB0001234567"


@dataclass
class Files:
    """A certificate of one's own, and its key."""

    cert: Path
    key: Path


def certificate(folder: Path, name: str) -> Files:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = Files(folder / f"{name}.pem", folder / f"{name}.key")
    files.cert.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return files


@pytest.fixture
def ours(tmp_path: Path) -> Files:
    return certificate(tmp_path, "ours")


@pytest.fixture
def theirs(tmp_path: Path) -> Files:
    return certificate(tmp_path, "theirs")


@pytest.fixture
def psp(ours: Files, theirs: Files) -> Iterator[int]:
    """The port of a PSP that answers whoever shows our certificate."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = b'{"partyNameMatch":"MTCH"}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_request(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A handshake that fails is the point of a test."""

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(ours.cert))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(theirs.cert, theirs.key)
    with Server(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.mark.parametrize(
    ("shows", "trusts", "verdict"),
    [
        (True, True, Verdict.MATCH),
        (False, True, Verdict.NOT_APPLICABLE),
        (True, False, Verdict.NOT_APPLICABLE),
    ],
    ids=["both", "ours is not shown", "theirs is not trusted"],
)
async def test_both_sides_are_checked(
    runtime: Runtime,
    new_requester: NewRequester,
    keep: Keep,
    ours: Files,
    theirs: Files,
    psp: int,
    shows: bool,
    trusts: bool,
    verdict: Verdict,
) -> None:
    entry = f'{{"bic":"INGBNL2A","bankCodes":["NLINGB"],"uris":[{{"uri":"https://127.0.0.1:{psp}/x"}}]}}'
    await vop_peers.load(runtime, [entry.encode()])
    settings = Settings(
        epc_allow="127.0.0.0/8",
        epc_client_cert=str(ours.cert) if shows else "",
        epc_client_key=str(ours.key) if shows else "",
        epc_trust=str(theirs.cert) if trusts else "",
    )
    payees = build_payees(settings, runtime.database, runtime.clock)
    requester = await new_requester(livemode=True)
    async with runtime.database.connection() as connection:
        found = await vop_clients.by_id(connection, requester.client_id)
    assert found
    client, _ = found

    [routed] = await payees.asking.verify(
        client,
        [PayeeQuestion(IBAN, "Anna Becker", None, None, BIC)],
        Terms(payees.policy.rules(client), datetime.now(UTC)),
    )
    await payees.asking.close()

    assert routed.answer.verdict is verdict
    if verdict is Verdict.NOT_APPLICABLE:
        assert routed.answer.reason is Reason.RESPONDER_ERROR


def test_files_that_cannot_be_read_refuse_the_start(runtime: Runtime, tmp_path: Path) -> None:
    with pytest.raises(RejectedError, match="epc_client_cert"):
        build_payees(Settings(epc_client_cert=str(tmp_path / "missing.pem")), runtime.database, runtime.clock)
