"""OAuth2 with a signed grant, before a token server that believes nothing it cannot verify."""

from __future__ import annotations

import base64
import json
import time
import traceback
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from alertmanager_configs.http_config import read_http_config
from alertmanager_configs.loading import load
from alertmanager_configs.problems import Problems
from contactpoints.delivery.attempt import Sender
from contactpoints.delivery.directory import endpoints_of
from contactpoints.delivery.http import DeliveryError, Http
from contactpoints.delivery.login import forget_tokens
from contactpoints.delivery.watching import watching
from contactpoints.setup import ContactPoint
from tests.contactpoints.integrations.sending import Drawn, made
from tests.contactpoints.posts import body
from tests.contactpoints.sinks import Answer, Received, Sink

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
HASHES = {"RS256": hashes.SHA256, "RS384": hashes.SHA384, "RS512": hashes.SHA512}
CASES = json.loads((Path(__file__).parent / "signed_grants.json").read_text())["cases"]
PKCS1, PKCS8 = PrivateFormat.TraditionalOpenSSL, PrivateFormat.PKCS8


def pem(key: Any, form: PrivateFormat = PKCS1, passphrase: bytes = b"") -> str:
    lock = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    text: bytes = key.private_bytes(Encoding.PEM, form, lock)
    return text.decode()


def decoded(part: str) -> bytes:
    """Base64 as RFC 7515 has it: without padding."""
    assert "=" not in part
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def form_of(got: Received) -> dict[str, str]:
    return {name: "|".join(values) for name, values in parse_qs(got.body.decode()).items()}


def parts_of(assertion: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header and the claims."""
    header, claims, _ = assertion.split(".")
    return json.loads(decoded(header)), json.loads(decoded(claims))


class TokenServer:
    """Gives tokens for grants that its client's public key verifies, each grant once. What is
    posted elsewhere needs such a token.
    """

    def __init__(self, sink: Sink, public: rsa.RSAPublicKey) -> None:
        self.sink = sink
        self.public = public
        self.url = f"{sink.url}/token"
        self.expires_in = 3600
        self.given: list[str] = []
        self._used: set[str] = set()
        sink.answer = self.answer

    def answer(self, got: Received) -> Answer:
        if got.path != "/token":
            is_known = got.headers.get("Authorization", "").removeprefix("Bearer ") in self.given
            return Answer(200 if is_known else 401)
        try:
            self.verify(form_of(got).get("assertion", ""))
        except (InvalidSignature, ValueError) as error:
            return Answer(400, json.dumps({"error": "invalid_grant", "why": repr(error)}).encode())
        self.given.append(f"granted-{len(self.given)}")
        said = {"access_token": self.given[-1], "expires_in": self.expires_in}
        return Answer(body=json.dumps(said).encode())

    def verify(self, assertion: str) -> None:
        """https://www.rfc-editor.org/rfc/rfc7523#section-3"""
        header, claims = parts_of(assertion)
        said, _, signature = assertion.rpartition(".")
        algorithm = HASHES[header["alg"]]()
        self.public.verify(decoded(signature), said.encode(), PKCS1v15(), algorithm)
        if (claims["iss"], claims["sub"], claims["aud"]) != ("us", "us", self.url):
            raise ValueError("it is not about the client, or not for this server")
        if not claims["iat"] - 5 <= time.time() < claims["exp"]:
            raise ValueError("it is not good now")
        if claims["jti"] in self._used:
            raise ValueError("it was used before")
        self._used.add(claims["jti"])

    def config(self, key: str, **more: Any) -> dict[str, Any]:
        login = {"client_id": "us", "token_url": self.url, "grant_type": JWT_BEARER}
        return {"oauth2": {**login, "client_certificate_key": key, **more}}

    def send(self, config: dict[str, Any], count: int = 1) -> None:
        for _ in range(count):
            Http(time_limit=5).post(f"{self.sink.url}/in", json=1, http_config=config)

    def failure(self, config: dict[str, Any]) -> DeliveryError:
        with pytest.raises(DeliveryError) as caught:
            self.send(config)
        return caught.value


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def server(sink: Sink, key: rsa.RSAPrivateKey) -> Iterator[TokenServer]:
    forget_tokens()
    yield TokenServer(sink, key.public_key())
    forget_tokens()


def captured(*, failed: bool) -> list[Any]:
    cases = [case for case in CASES if ("failed" in case) == failed]
    return [pytest.param(case, id=case["http_config"].split("\n", 3)[-1]) for case in cases]


def config_of(case: dict[str, Any], url: str, key: rsa.RSAPrivateKey) -> dict[str, Any]:
    problems = Problems()
    config = dict(read_http_config(load(case["http_config"]).data, (), problems))
    assert problems.errors == []
    login = config["oauth2"]
    login["token_url"] = url
    form = {"KEY": PKCS1, "PKCS8": PKCS8}.get(login.get("client_certificate_key", ""))
    if form:
        login["client_certificate_key"] = pem(key, form)
    return config


@pytest.mark.parametrize("case", captured(failed=False))
def test_the_token_request_is_that_of_alertmanager(
    sink: Sink, key: rsa.RSAPrivateKey, case: dict[str, Any]
) -> None:
    """Its fields, the headers and claims of its grant, and how long that is good for."""
    forget_tokens()
    sink.answer = Answer(body=b'{"access_token": "granted", "token_type": "bearer"}')
    url = f"{sink.url}/token"
    Http(time_limit=5).post(f"{sink.url}/in", json=1, http_config=config_of(case, url, key))
    asked, sent = sink.received
    assert sent.headers["Authorization"] == "Bearer granted"
    form = form_of(asked)
    told: dict[str, Any] = {
        "authorization": asked.headers.get("Authorization"),
        "content_type": asked.headers["Content-Type"],
        "form": form,
    }
    if assertion := form.get("assertion"):
        form["assertion"] = "..."
        told["header"], claims = parts_of(assertion)
        issued, claims["jti"] = claims["iat"], "a UUID" if uuid.UUID(claims["jti"]) else ""
        moments = {issued: "now", issued + 600: "now + 600"} if issued - time.time() < 5 else {}
        claims |= {name: moments.get(claims[name], claims[name]) for name in ("iat", "exp")}
        told["claims"] = json.loads(json.dumps(claims).replace(url, "TOKEN"))
    assert told == case["token_request"]


@pytest.mark.parametrize("case", captured(failed=True))
def test_what_alertmanager_cannot_send_fails_for_good_or_goes_out(
    sink: Sink, key: rsa.RSAPrivateKey, case: dict[str, Any]
) -> None:
    """Without a key it fails, as there. Claims may hold claims, and of a parameter that is said
    twice ours is sent.
    """
    forget_tokens()
    sink.answer = Answer(body=b'{"access_token": "granted"}')
    config = config_of(case, f"{sink.url}/token", key)
    if "invalid key" not in case["failed"]:
        Http(time_limit=5).post(sink.url, json=1, http_config=config)
        form = form_of(sink.received[0])
        assert form.get("scope", "a") == "a"
        assert parts_of(form["assertion"])[1].get("m", {"a": 1}) == {"a": 1}
        return
    with pytest.raises(DeliveryError, match="no RSA private key in PEM") as caught:
        Http(time_limit=5).post(sink.url, json=1, http_config=config)
    assert (caught.value.permanent, caught.value.reason) == (True, "authError")
    assert sink.received == []


@pytest.mark.parametrize("algorithm", HASHES)
@pytest.mark.parametrize("form", [PKCS1, PKCS8])
def test_a_server_that_verifies_the_grant_gives_a_token(
    server: TokenServer, key: rsa.RSAPrivateKey, algorithm: str, form: PrivateFormat
) -> None:
    server.send(server.config(pem(key, form), signature_algorithm=algorithm))
    header, _ = parts_of(form_of(server.sink.received[0])["assertion"])
    assert header["alg"] == algorithm


def test_a_grant_of_another_key_gets_none(server: TokenServer) -> None:
    other = rsa.generate_private_key(65537, 2048)
    error = server.failure(server.config(pem(other)))
    assert "invalid_grant" in str(error)
    assert error.permanent
    assert server.given == []


def test_a_token_is_kept_until_it_ends(server: TokenServer, key: rsa.RSAPrivateKey) -> None:
    server.send(server.config(pem(key)), 3)
    assert server.given == ["granted-0"]
    server.expires_in = 5  # that is nearly over
    server.send(server.config(pem(key), scopes=["a"]), 3)
    assert len(server.given) == 4


def test_a_token_that_is_refused_is_asked_for_again_with_a_new_grant(
    server: TokenServer, key: rsa.RSAPrivateKey
) -> None:
    server.send(server.config(pem(key)))
    server.given = ["granted-of-another-time"]
    assert not server.failure(server.config(pem(key))).permanent
    server.send(server.config(pem(key)))
    assert len(server.given) == 2


def test_a_key_in_a_file_is_read_again(
    server: TokenServer, key: rsa.RSAPrivateKey, tmp_path: Path
) -> None:
    file = tmp_path / "key.pem"
    config = server.config("", client_certificate_key_file=str(file))
    error = server.failure(config)
    assert "cannot be read" in str(error)
    assert not error.permanent
    file.write_text(pem(key))
    server.send(config, 2)
    new = rsa.generate_private_key(65537, 2048)
    server.public = new.public_key()
    file.write_text(pem(new))
    server.send(config)
    assert server.given == ["granted-0", "granted-1"]


def public(key: rsa.RSAPrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


WRONG: dict[str, Callable[[rsa.RSAPrivateKey], str]] = {
    "cut off": lambda key: pem(key)[:800],
    "garbled": lambda key: pem(key).replace("A", "B"),
    "with a passphrase": lambda key: pem(key, PKCS1, b"pass"),
    "elliptic": lambda key: pem(ec.generate_private_key(ec.SECP256R1())),
    "public": public,
    "no PEM at all": lambda key: "grün",
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_key_that_is_none_is_told_without_it(
    server: TokenServer, key: rsa.RSAPrivateKey, wrong: str
) -> None:
    error = server.failure(server.config(WRONG[wrong](key)))
    assert error.permanent
    assert str(error) == (
        "the OAuth2 grant cannot be signed: client_certificate_key is no RSA private key in PEM "
        "without a passphrase"
    )
    said = "".join(traceback.format_exception(error))
    assert not any(line in said for line in pem(key).splitlines()[1:-1])


def test_an_issuer_that_is_no_text_is_told(server: TokenServer, key: rsa.RSAPrivateKey) -> None:
    error = server.failure(server.config(pem(key), claims={"iss": ["a"]}))
    assert str(error) == "the OAuth2 grant cannot be signed: Issuer (iss) must be a string."
    assert error.permanent


@pytest.mark.parametrize("says", ["token", "target"])
def test_neither_key_nor_grant_nor_token_shows(
    server: TokenServer, key: rsa.RSAPrivateKey, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever is asked echoes all that it got."""
    give = server.answer

    def answer(got: Received) -> Answer:
        if got.path == ("/token" if says == "token" else "/in"):
            return Answer(400, f"{got.headers} {got.body!r}".encode())
        return give(got)

    server.sink.answer = answer
    text = pem(key)
    settings = {"url": f"{server.sink.url}/in", "http_config": server.config(text)}
    point = ContactPoint("ops", [made("webhook", "alertmanager", settings)])
    (endpoint,) = endpoints_of(point, {})
    with watching() as seen:
        outcome = Sender(Drawn()).send(endpoint, body(), time.time())
    assert outcome.error
    assert outcome.error.status == 400
    assertion = form_of(server.sink.received[0])["assertion"]
    shown = " ".join((repr(outcome), str(outcome.error), str(outcome.error.args), repr(seen)))
    shown += caplog.text
    for secret in (*text.splitlines()[1:-1], *assertion.split("."), *server.given):
        assert secret not in shown
