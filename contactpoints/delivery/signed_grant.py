"""Signed grants: what we tell an OAuth2 server instead of a secret, signed with our private key.

https://www.rfc-editor.org/rfc/rfc7523#section-2.1, and what of it Alertmanager's ``oauth2`` sets.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from alertmanager_configs.scalars import as_any
from contactpoints.delivery.outcome import DeliveryError

LIFETIME = 600  # seconds that a grant is good for, as github.com/prometheus/common v0.70.1 has it
KEYS = 64  # that are remembered: to check one takes over a hundred times as long as to sign with it


def signed_grant(login: Mapping[str, Any], key: str) -> str:
    """A JSON web token for ``login``, an ``oauth2`` of Alertmanager. ``key``: RSA, as PEM.

    :raises DeliveryError: when it cannot be signed: nothing in the error is of the key.
    """
    now = int(time.time())
    client = login.get("client_id", "")
    claims: dict[str, Any] = {
        "iss": login.get("iss") or client,
        "sub": client,
        "aud": login.get("audience") or login.get("token_url", ""),
        "jti": str(uuid.uuid4()),
        "iat": now,
        "exp": now + LIFETIME,
    }
    if scopes := login.get("scopes"):
        claims["scope"] = " ".join(scopes)
    claims |= {name: as_any(value) for name, value in (login.get("claims") or {}).items()}
    number = login.get("client_certificate_key_id")
    headers = {"kid": number} if number else None
    algorithm = login.get("signature_algorithm") or "RS256"
    try:
        return jwt.encode(claims, _private(key), algorithm, headers)
    except TypeError as error:  # an issuer that is no text
        raise _unsigned(str(error)) from None


@lru_cache(KEYS)
def _private(key: str) -> RSAPrivateKey:
    try:
        found = load_pem_private_key(key.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):  # TypeError: it has a passphrase
        found = None
    if isinstance(found, RSAPrivateKey):
        return found
    raise _unsigned("client_certificate_key is no RSA private key in PEM without a passphrase")


def _unsigned(why: str) -> DeliveryError:
    return DeliveryError(
        f"the OAuth2 grant cannot be signed: {why}", reason="authError", permanent=True
    )
