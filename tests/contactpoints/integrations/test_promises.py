"""What holds for every integration of every family: how it fails, how long it takes, what it tells.

Each is sent through the real rendering and the real HTTP to real peers that fail, all at the same
time; a test fails with the names of all that do not keep the promise.
"""

from __future__ import annotations

import base64
import html
import json
import logging
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import Any
from urllib.parse import unquote, unquote_plus, urlsplit

import pytest

from contactpoints.base import Absent
from contactpoints.delivery.attempt import Sender
from contactpoints.delivery.login import password_of
from contactpoints.delivery.outcome import REASONS, Outcome
from contactpoints.integrations import integrations
from contactpoints.setup import ContactPoint, Setup
from tests.contactpoints.conftest import Certificate
from tests.contactpoints.integrations import faulty
from tests.contactpoints.integrations.captures import payloads
from tests.contactpoints.integrations.faulty import Case, HttpToPeer, Peer, Talk, meant, peer
from tests.contactpoints.service import Service
from tests.contactpoints.sinks import Answer, Received, Sink
from translators.drawing import TemplateRenderer

THREADS, WAITING = 16, 50  # which work, and which wait for a peer that says nothing
SHORT = 0.7  # seconds for an attempt whose peer does not answer
BODY = json.dumps(payloads()["mixed"]).encode()
Answering = Callable[[Received], Answer]

STATUSES: dict[int, tuple[str, bool]] = {
    400: ("clientError", True),
    401: ("authError", True),
    403: ("authError", True),
    404: ("clientError", True),
    408: ("clientError", False),
    413: ("clientError", True),
    422: ("clientError", True),
    429: ("rateLimited", False),
    500: ("serverError", False),
    502: ("serverError", False),
    503: ("serverError", False),
    504: ("serverError", False),
}
"""What a status means: Alertmanager's reason, and whether trying again cannot help."""


class Runs:
    """One sink for all cases at once: the first step of the path says whose request it is."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.answering: dict[str, Answering] = {}
        sink.answer = self.answer

    def answer(self, got: Received) -> Answer:
        return self.answering[got.path.split("/", 2)[1]](got)

    def send(self, case: Case, answering: Answering, time_limit: float = 15.0) -> Outcome:
        """Send the notification to the sink, which answers so."""
        key = f"run{threading.get_ident()}"
        self.answering[key] = answering
        return send(case, f"{self.sink.url}/{key}", time_limit)


@pytest.fixture(scope="module")
def certified(
    tmp_path_factory: pytest.TempPathFactory, other_certificate: Certificate
) -> list[Case]:
    return faulty.cases(tmp_path_factory.mktemp("files"), other_certificate)


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    sink = Sink()
    yield Runs(sink)
    sink.close()


@pytest.fixture(autouse=True)
def to_peers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contactpoints.delivery.attempt.Http", HttpToPeer)
    monkeypatch.setenv("CONTACTPOINTS_SMTP_FROM", "alerts@client.example")
    monkeypatch.setenv("CONTACTPOINTS_SMTP_REQUIRE_TLS", "no")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDENVIRONMENT")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "environment")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")


RENDERER = TemplateRenderer(Setup("grafana"))


def send(case: Case, base: str, time_limit: float) -> Outcome:
    HttpToPeer.here.base = base
    return Sender(RENDERER, time_limit).send(case.endpoint, BODY, time.time())


def happy(case: Case) -> Answering:
    """What the vendors' own machines answer when all is well."""
    transition = (
        {"id": "31", "name": case.integration.value("reopen_transition")}
        if ("reopen_transition" in case.integration.fields)
        else {}
    )
    ok = {"ok": True, "success": True, "errcode": 0, "error_code": 200, "status": 1}
    token = {"access_token": "s3cr3t-access", "token_type": "bearer", "expires_in": 1}
    done = {"key": "OPS-1", "fields": {"status": {"statusCategory": {"key": "done"}}}}
    role = (
        "<AccessKeyId>AKIDROLE</AccessKeyId><SecretAccessKey>s3cr3t-role</SecretAccessKey>"
        "<SessionToken>s3cr3t-session</SessionToken><Expiration>2020-01-01T00:00:00Z</Expiration>"
    )

    def answer(got: Received) -> Answer:
        path = urlsplit(meant(got.path)).path
        if b"AssumeRole" in got.body:
            return Answer(body=role.encode())
        if "webhook.office.com" in got.path:
            return Answer(body=b"1")
        said: Any = ok
        if path.endswith("token"):
            said = ok | token
        elif path.endswith(("/search", "/search/jql")):
            said = {"issues": [done]}
        elif path.endswith("/transitions"):
            said = {"transitions": [transition]}
        return Answer(body=json.dumps(said).encode())

    return answer


def after(steps: int, well: Answering, bad: Answering) -> Answering:
    """Answer ``steps`` requests well, and all others badly."""
    seen: list[Received] = []

    def answer(got: Received) -> Answer:
        seen.append(got)
        return well(got) if len(seen) <= steps else bad(got)

    return answer


@pytest.fixture(scope="module")
def steps(certified: list[Case], runs: Runs) -> list[tuple[Case, int]]:
    """Every case with every number of requests that may go well before one does not."""
    patch = pytest.MonkeyPatch()
    patch.setattr("contactpoints.delivery.attempt.Http", HttpToPeer)
    patch.setenv("AWS_REGION", "eu-central-1")
    patch.setenv("AWS_ACCESS_KEY_ID", "AKIDENVIRONMENT")
    patch.setenv("AWS_SECRET_ACCESS_KEY", "environment")
    found = []
    for case in certified:
        if not case.is_http:
            continue
        made: list[str] = []
        well = happy(case)
        outcome = runs.send(case, lambda got, well=well, made=made: made.append("") or well(got))  # type: ignore[misc]
        assert outcome.error is None, f"{case}: {outcome.error}"
        assert made, case
        # of several Alertmanagers one is enough
        most = 1 if case.integration.type == "prometheus-alertmanager" else len(made)
        found += [(case, step) for step in range(most)]
    patch.undo()
    return found


def each(found: list[Any], check: Callable[[Any], Iterator[str]], threads: int = THREADS) -> None:
    """Run ``check``, which says what is wrong, for all of them at the same time."""
    with ThreadPoolExecutor(threads) as pool:
        said = list(pool.map(lambda one: [f"{named(one)}: {it}" for it in check(one)], found))
    wrong = [line for lines in said for line in lines]
    assert not wrong, "\n" + "\n".join(wrong)


def named(one: Any) -> str:
    return " at step ".join(map(str, one)) if isinstance(one, tuple) else str(one)


def judged(
    outcome: Outcome, reason: str | tuple[str, ...], *, permanent: bool, wait: float | None = None
) -> Iterator[str]:
    """What is not as it should be about how a case failed."""
    error = outcome.error
    if error is None:
        yield "it was taken for delivered"
        return
    reasons = (reason,) if isinstance(reason, str) else reason
    assert error.reason in REASONS
    if error.reason not in reasons or error.permanent is not permanent:
        yield f"{error.reason}, permanent={error.permanent}: {error}"
    if wait is not None and abs((error.retry_after or 0) - wait) > 2:
        yield f"asked to wait {wait} s, waits {error.retry_after}: {error}"
    if "a mistake in this program" in str(error):
        yield str(error)
    yield from leaks(error, repr(error), outcome, *outcome.notes)


SECRET = re.compile("s3cr3t", re.I)
BASE64 = re.compile(r"[\w+/-]{8,}")


def leaks(*texts: Any) -> Iterator[str]:
    """The texts that a secret is in, as it is or in base64."""
    for text in map(str, texts):
        hidden = [
            base64.b64decode(word[cut:] + "=" * (-len(word[cut:]) % 4), altchars=b"-_")
            for word in BASE64.findall(text.replace("+", "-").replace("/", "_"))
            for cut in range(4)
            if len(word[cut:]) % 4 != 1
        ]
        if SECRET.search(text) or any(b"s3cr3t" in content for content in hidden):
            yield f"a secret shows: {text}"


def test_whoever_only_knows_the_integrations_loads_nothing_that_sends() -> None:
    """A command that translates starts quickly."""
    program = (
        "import sys; from contactpoints.integrations import integrations; assert integrations();"
        "sys.exit(' '.join({'requests', 'urllib3', 'botocore', 'paho', 'sqlalchemy', 'flask'}"
        " & sys.modules.keys()) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_integration_of_every_family_is_tried(certified: list[Case]) -> None:
    """The pages hold them all, so the promises are about them all."""
    found = {(case.integration.family, type(case.integration)) for case in certified}
    for kind, declared in integrations().items():
        if not isinstance(declared.alertmanager, Absent) and not declared.form_of:
            assert ("alertmanager", declared) in found, kind
        if declared.grafana is None:
            assert ("grafana", declared) in found, kind


def test_what_a_page_calls_a_secret_is_declared_one(certified: list[Case]) -> None:
    """The pages say ``…-secret`` for what nobody may see."""
    wrong = [
        f"{case}: {name}: {text}"
        for case in certified
        for name, value in case.integration.values.items()
        for text in texts(value)
        if re.search(r"\w-secret|secret-\w", text) and not SECRET.search(text)
    ]
    assert wrong == []


def texts(value: Any) -> Iterator[str]:
    """Every text in a structure."""
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts(item)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_is_classified_at_every_step(
    status: int, runs: Runs, steps: list[tuple[Case, int]]
) -> None:
    reason, permanent = STATUSES[status]

    def check(one: tuple[Case, int]) -> Iterator[str]:
        case, step = one
        bad = after(step, happy(case), lambda got: Answer(status, b'{"error": "no"}'))
        yield from judged(runs.send(case, bad), reason, permanent=permanent)

    each(steps, check)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_kept_at_every_step(
    status: int, form: str, runs: Runs, steps: list[tuple[Case, int]]
) -> None:
    reason, _ = STATUSES[status]

    def bad(got: Received) -> Answer:
        said = "37" if form == "seconds" else formatdate(time.time() + 37, usegmt=True)
        return Answer(status, b"", {"Retry-After": said})

    def check(one: tuple[Case, int]) -> Iterator[str]:
        case, step = one
        outcome = runs.send(case, after(step, happy(case), bad))
        yield from judged(outcome, reason, permanent=False, wait=37)

    each(steps, check)


def echo_as_it_is(got: Received) -> str:
    return f"{meant(got.path)} {got.headers} {got.body.decode('utf-8', 'replace')}"


def echo_decoded(got: Received) -> str:
    login = password_of(got.headers.get("Authorization", ""))
    body = got.body.decode("utf-8", "replace")
    if "urlencoded" in got.headers.get("Content-Type", ""):
        body = unquote_plus(body)
    return f"{unquote(meant(got.path))} {login} {list(got.headers.values())} {body}"


def echo_as_json(got: Received) -> str:
    return json.dumps({"body": got.body.decode("utf-8", "replace"), "path": meant(got.path)})


def echo_as_html(got: Received) -> str:
    return html.escape(echo_decoded(got))


def echo_of_secrets(got: Received) -> str:
    """The lines of everything that was sent in which a secret is, and nothing else."""
    words = re.split(r"[\s,{}]+", echo_as_it_is(got) + " " + echo_decoded(got))
    return " ".join(dict.fromkeys(word for word in words if SECRET.search(word)))


@pytest.mark.parametrize(
    "echo", [echo_as_it_is, echo_decoded, echo_as_json, echo_as_html, echo_of_secrets]
)
def test_a_target_that_echoes_what_it_got_shows_no_secret(
    echo: Callable[[Received], str],
    runs: Runs,
    steps: list[tuple[Case, int]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)

    def check(one: tuple[Case, int]) -> Iterator[str]:
        case, step = one
        for answer in (400, 200):
            bad = after(step, happy(case), lambda got, s=answer: Answer(s, echo(got).encode()))  # type: ignore[misc]
            outcome = runs.send(case, bad)
            if outcome.error is not None or answer == 400:
                yield from leaks(outcome.error, repr(outcome), *outcome.notes)
        yield from leaks(repr(case.endpoint), repr(case.integration))

    each(steps, check)
    said = [record.getMessage() + str(record.exc_text) for record in caplog.records]
    assert list(leaks(*said)) == []


@dataclass(frozen=True)
class Fault:
    """A peer that answers nothing sensible, and what it means."""

    talk: Talk
    reason: str | tuple[str, ...] = "other"


LATE = "contextDeadlineExceeded"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"
FAULTS = {
    "silent": Fault(faulty.silent, LATE),
    "closing": Fault(faulty.closing),
    "reset": Fault(faulty.resetting),
    "byte by byte": Fault(faulty.trickling, ("other", LATE)),
    "not HTTP": Fault(faulty.odd, ("other", LATE)),
    "endless headers": Fault(
        faulty.endless(b"HTTP/1.1 200 OK\r\n", b"X-Y: z\r\n" * 4096), ("other", LATE)
    ),
    "one endless header": Fault(faulty.endless(b"HTTP/1.1 200 OK\r\nX: "), ("other", LATE)),
    "endless redirects": Fault(
        faulty.endless(b"HTTP/1.1 307 X\r\nLocation: /\r\n\r\n"), ("other", LATE)
    ),
}


def aimed(
    certified: list[Case], address: str, monkeypatch: pytest.MonkeyPatch, *, tls: bool = False
) -> None:
    """Lead mail and MQTT to ``address``; HTTP is led there request by request."""
    monkeypatch.setenv("CONTACTPOINTS_SMTP_SMARTHOST", address)
    for case in certified:
        if not case.is_http:
            monkeypatch.setattr(case.integration, "values", dict(case.integration.values))
            faulty.pointed(case, address, tls=tls)


@pytest.mark.parametrize("name", FAULTS)
def test_a_peer_that_does_not_answer_costs_little_and_is_tried_again(
    name: str, certified: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = FAULTS[name]
    with peer(fault.talk) as target:
        aimed(certified, target.address, monkeypatch)

        def check(case: Case) -> Iterator[str]:
            begin = time.monotonic()
            outcome = send(case, f"http://{target.address}/x", SHORT)
            if time.monotonic() - begin > SHORT + 2.5:
                yield f"it took {time.monotonic() - begin:.1f} s"
            yield from judged(outcome, fault.reason, permanent=False)

        each(certified, check, WAITING)
        assert target.taken >= len(certified)
        assert target.sent < 16 * 2**20 * target.taken  # what fits into the sockets' buffers


def test_nobody_listens(certified: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    address = faulty.refused_address()
    aimed(certified, address, monkeypatch)

    def check(case: Case) -> Iterator[str]:
        outcome = send(case, f"http://{address}/x", 5)
        yield from judged(outcome, "other", permanent=False)
        if "refused" not in str(outcome.error):
            yield str(outcome.error)

    each(certified, check)


def test_a_certificate_that_is_not_trusted(
    certified: list[Case], tls_sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls_sink.answer = Answer()
    address = tls_sink.url.removeprefix("https://")
    aimed(certified, address, monkeypatch, tls=True)
    # Grafana's mail server is not ours to choose TLS for
    led = [each for each in certified if each.is_http or each.integration.family != "grafana"]
    led += [each for each in certified if each.integration.type == "mqtt"]

    def check(case: Case) -> Iterator[str]:
        outcome = send(case, f"{tls_sink.url}/x", 5)
        yield from judged(outcome, "other", permanent=False)
        if "the certificate is not trusted" not in str(outcome.error):
            yield str(outcome.error)

    each(led, check)
    assert tls_sink.received == []


def test_an_endless_body_is_read_up_to_a_limit(certified: list[Case]) -> None:
    """Whether it was delivered is for the integration to say; that it ends at once is not."""
    for status in (b"200 OK", b"400 No", b"503 Later"):
        head = b"HTTP/1.1 " + status + b"\r\nContent-Type: application/json\r\n\r\n"
        with peer(faulty.endless(head)) as target:

            def check(case: Case, target: Peer = target, status: bytes = status) -> Iterator[str]:
                begin = time.monotonic()
                outcome = send(case, f"http://{target.address}/x", 20)
                if time.monotonic() - begin > 10:
                    yield f"it took {time.monotonic() - begin:.1f} s"
                if status[:1] != b"2":
                    wanted, permanent = STATUSES[int(status[:3])]
                    yield from judged(outcome, wanted, permanent=permanent)
                elif outcome.error:
                    yield from leaks(outcome.error)

            each([case for case in certified if case.is_http], check)
            assert target.sent < 16 * 2**20 * target.taken


STAGES = ("", "AUTH", "MAIL", "RCPT", "DATA", ".")
REPLIES = {
    421: ("serverError", False),
    450: ("serverError", False),
    451: ("serverError", False),
    452: ("serverError", False),
    454: ("serverError", False),
    530: ("authError", True),
    535: ("authError", True),
    550: ("clientError", True),
    552: ("clientError", True),
    554: ("clientError", True),
}
"""What a mail server answers, and what it means: 4xx is for now, 5xx for good."""


@pytest.mark.parametrize("stage", STAGES)
def test_a_mail_server_says_no_at_any_stage_and_shows_no_secret(
    stage: str, certified: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTACTPOINTS_SMTP_USERNAME", "grafana")
    monkeypatch.setenv("CONTACTPOINTS_SMTP_PASSWORD", "s3cr3t-of-the-service")
    for code, (reason, permanent) in REPLIES.items():
        mails = [case for case in certified if case.integration.type == "email"]
        if stage == "AUTH":  # the others do not log in
            mails = [
                case
                for case in mails
                if case.integration.family == "grafana" or case.integration.value("auth_username")
            ]
        with peer(faulty.mail_server(stage, str(code))) as target:
            aimed(mails, target.address, monkeypatch)

            def check(
                case: Case, reason: str = reason, permanent: bool = permanent
            ) -> Iterator[str]:
                yield from judged(send(case, "", 5), reason, permanent=permanent)

            assert mails
            each(mails, check)


SAID: list[tuple[str, str, str, bool, float | None]] = [
    ("slack", '{"ok":false,"error":"channel_not_found"}', "clientError", True, None),
    ("slack", '{"ok":false,"error":"ratelimited"}', "rateLimited", False, 37),
    ("slack", '{"ok":false,"error":"fatal_error"}', "serverError", False, 37),
    ("slack", "no_service", "clientError", True, None),
    ("msteams", "Microsoft Teams endpoint returned HTTP error 429", "rateLimited", False, None),
    ("msteams", "Microsoft Teams endpoint returned HTTP error 413", "clientError", True, None),
    ("teams", "Microsoft Teams endpoint returned HTTP error 502", "serverError", False, None),
    (
        "dingding",
        '{"errcode":310000,"errmsg":"keywords not in content"}',
        *("clientError", True),
        None,
    ),
    ("dingding", '{"errcode":130101,"errmsg":"send too fast"}', "rateLimited", False, None),
    ("dingding", '{"errcode":-1,"errmsg":"system busy"}', "serverError", False, None),
    ("wecom", '{"errcode":93000,"errmsg":"invalid webhook url"}', "authError", True, None),
    ("wecom", '{"errcode":45009,"errmsg":"freq out of limit"}', "rateLimited", False, 60),
    ("wechat", '{"errcode":42001,"errmsg":"access_token expired"}', *("authError", False), None),
    ("wechat", '{"errcode":-1,"errmsg":"busy"}', "serverError", False, None),
    ("wechat", "<html>a gateway</html>", "other", False, None),
    ("telegram", '{"ok":false,"error_code":400,"description":"no"}', "clientError", True, None),
    ("telegram", '{"ok":false,"error_code":401,"description":"no"}', "authError", True, None),
    ("telegram", '{"ok":false,"description":"no"}', "clientError", True, None),
    (
        "telegram",
        '{"ok":false,"error_code":429,"parameters":{"retry_after":7}}',
        *("rateLimited", False, 37),
    ),
    ("kafka", '{"offsets":[{"error_code":40403}],"error_code":40403}', "clientError", True, None),
    ("kafka", '{"offsets":[{"error_code":50003}],"error_code":503}', "serverError", False, None),
    ("rocketchat", '{"success":false,"error":"invalid-channel"}', "clientError", True, None),
    (
        "rocketchat",
        '{"success":false,"error":"wait 45 seconds [error-too-many-requests]"}',
        *("rateLimited", False, 45),
    ),
    ("rocketchat", "<html>a gateway</html>", "serverError", False, None),
    ("pushover", '{"status":0,"errors":["user key is invalid"]}', "clientError", True, None),
]
"""What vendors say with status 200, and what it means."""


@pytest.mark.parametrize(("kind", "said", "reason", "permanent", "wait"), SAID)
def test_an_answer_of_200_may_say_no(
    kind: str,
    said: str,
    reason: str,
    permanent: bool,
    wait: float | None,
    runs: Runs,
    steps: list[tuple[Case, int]],
) -> None:
    """At the last request: before it are a vendor's tokens, which other machines give."""
    last = {case.name: (case, step) for case, step in steps if case.integration.type == kind}
    assert last

    def check(one: tuple[Case, int]) -> Iterator[str]:
        case, step = one
        bad = after(
            step, happy(case), lambda got: Answer(200, said.encode(), {"Retry-After": "37"})
        )
        yield from judged(runs.send(case, bad), reason, permanent=permanent, wait=wait)

    each(list(last.values()), check)


def test_what_is_kept_of_a_failed_delivery_has_no_secret_in_it(
    certified: list[Case],
    runs: Runs,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The whole service, from a post to the history of what became of it, and its database."""
    caplog.set_level(logging.DEBUG)
    led = [case for case in certified if case.is_http]
    points = [ContactPoint(case.name, [case.integration]) for case in led]
    monkeypatch.setattr(HttpToPeer, "everywhere", f"{runs.sink.url}/all")
    runs.answering["all"] = lambda got: Answer(403, echo_of_secrets(got).encode())
    service = Service(tmp_path / "db", Setup("grafana", contact_points=points)).begin()
    try:
        for case in led:
            service.outbox.post(BODY, case.name)
        service.wait("failed", len(led), 30)
        rows = service.find(limit=1000)
        whole = [service.one(row["id"]) for row in rows]
    finally:
        service.stop()
    assert len(rows) == len(led)
    assert all("403" in str(one) for one in whole)
    assert list(leaks(rows, whole)) == []
    for file in tmp_path.iterdir():
        assert b"s3cr3t" not in file.read_bytes()
    assert list(leaks(*(record.getMessage() for record in caplog.records))) == []
