"""WeCom's API, as Grafana's WeCom and Alertmanager's WeChat use it: tokens, codes, lengths."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from contactpoints.delivery.hiding import without_secrets
from contactpoints.delivery.outcome import DeliveryError, Reason

if TYPE_CHECKING:
    from contactpoints.base import Integration
    from contactpoints.delivery.http import Reply

EARLY = 300  # seconds before its end at which a token is asked for anew, as Grafana does
LIFETIME = 7200  # seconds: https://developer.work.weixin.qq.com/document/path/91039
BUSY = -1  # this and the others: https://developer.work.weixin.qq.com/document/path/90313
BAD_TOKEN = frozenset({40014, 42001, 42007, 42009})
NOT_ALLOWED = frozenset({40001, 40013, 41001, 48002, 60020, 93000})
TOO_MANY = {45009: 60.0, 45033: 1.0}  # seconds to wait: calls a minute, calls at the same time


class _Tokens:
    """The access token of each integration, kept until shortly before it ends.

    Two integrations of the same app ask for themselves: WeCom gives both the same token.
    """

    def __init__(self) -> None:
        self._kept: WeakKeyDictionary[Integration, tuple[str, tuple[str, ...], float]]
        self._kept = WeakKeyDictionary()
        self._lock = threading.Lock()

    def get(
        self, integration: Integration, account: tuple[str, ...], ask: Callable[[], Reply]
    ) -> str:
        """The token of ``integration`` for an account (corporation, secret).

        :raises DeliveryError: when ``ask`` does, or the answer holds no token.
        """
        with self._lock:
            token, owner, ends = self._kept.get(integration, ("", (), 0.0))
        if owner == account and time.monotonic() < ends:
            return token
        answer = checked(ask(), account[-1])
        token = str(answer.get("access_token") or "")
        if not token:
            raise DeliveryError("the server gave no access token", reason="authError")
        lifetime = answer.get("expires_in")
        seconds = lifetime if isinstance(lifetime, int) and lifetime > 0 else LIFETIME
        with self._lock:
            self._kept[integration] = token, account, time.monotonic() + seconds - EARLY
        return token

    def forget(self, token: str) -> None:
        """Ask anew next time, whoever has ``token``."""
        with self._lock:
            for integration in [each for each, kept in self._kept.items() if kept[0] == token]:
                del self._kept[integration]


_tokens = _Tokens()
access_token = _tokens.get


def checked(reply: Reply, *secrets: str, token: str = "") -> dict[str, Any]:
    """The answer, when it is a good one; empty when it is not JSON.

    :raises DeliveryError: when its ``errcode`` says no. A ``token`` that ended is forgotten.
    """
    answer = reply.json()
    if not isinstance(answer, dict):
        return {}
    code = answer.get("errcode") or 0
    if code == 0:
        return answer
    reason: Reason = "clientError"
    if code in TOO_MANY:
        reason = "rateLimited"
    elif code == BUSY:
        reason = "serverError"
    elif code in BAD_TOKEN or code in NOT_ALLOWED:
        reason = "authError"
    ended = bool(token) and code in BAD_TOKEN
    if ended:
        _tokens.forget(token)
    later = ended or code in TOO_MANY or code == BUSY
    said = without_secrets(str(answer.get("errmsg", "")), [*secrets, token])
    raise DeliveryError(
        f"the target refused: {code}: {said}",
        reason=reason,
        retry_after=TOO_MANY.get(code),
        permanent=not later,
        of_target=code in TOO_MANY or code == BUSY,
    )
