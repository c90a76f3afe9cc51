"""``http_config`` from one family to the other: Alertmanager's says more than Grafana's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from alertmanager_configs.http_checks import JWT_BEARER
from alertmanager_configs.problems import Path
from contactpoints.fields import FromFile, Lose

TLS_NAMES = {
    "insecure_skip_verify": "insecureSkipVerify",
    "ca": "caCertificate",
    "cert": "clientCertificate",
    "key": "clientKey",
}
BEARER = ("authorization", "bearer_token", "bearer_token_file")
ANYWAY: Mapping[Path, Any] = {  # what Grafana does when nothing is said
    ("follow_redirects",): True,
    ("enable_http2",): True,
    ("oauth2", "grant_type"): "client_credentials",
}
PROXY_NAMES = ("proxy_url", "no_proxy", "proxy_from_environment", "proxy_connect_header")


def for_alertmanager(value: Mapping[str, Any]) -> dict[str, Any]:
    """Grafana's ``http_config`` in Alertmanager's shape; all of it can be said."""
    if not (ours := value.get("oauth2")):
        return {}
    oauth2: dict[str, Any] = {}
    for key, item in ours.items():
        if key == "proxy_config":
            headers = item.get("proxy_connect_header")
            oauth2 |= {k: item[k] for k in PROXY_NAMES if k in item}
            if headers:
                oauth2["proxy_connect_header"] = {name: [text] for name, text in headers.items()}
        elif key == "tls_config":
            oauth2[key] = with_files(item)
        else:
            oauth2 |= with_files({key: item})
    return {"oauth2": oauth2}


def for_grafana(value: Mapping[str, Any], lose: Lose, why: str = "") -> dict[str, Any] | None:
    """The part of Alertmanager's ``http_config`` that Grafana can say; the rest is lost, leaf by
    leaf.
    """
    is_signed = ((value or {}).get("oauth2") or {}).get("grant_type") == JWT_BEARER
    ours: dict[str, Any] = {}
    for path, item in leaves(value) if value else ():
        if (path in ANYWAY and item == ANYWAY[path]) or (is_signed and path[0] == "oauth2"):
            continue
        if path[0] != "oauth2" or not put_oauth2(ours, path[1:], item):
            place = "http_config." + ".".join(map(str, path))
            lose(place, "dropped", why or "Grafana's http_config has OAuth2 only")
    if is_signed:
        lose("http_config.oauth2", "dropped", why or "Grafana's OAuth2 has no signed grant")
    elif ours and not ours.get("client_secret"):
        lose("http_config.oauth2", "dropped", why or "Grafana takes none without client_secret")
        return None
    return {"oauth2": ours} if ours else None


def put_oauth2(ours: dict[str, Any], path: Path, item: Any) -> bool:
    """Put one leaf of Alertmanager's ``oauth2`` where Grafana has it; whether it has it."""
    key = str(path[0])
    if key in ("token_url", "client_id", "client_secret", "scopes"):
        ours[key] = item
    elif key == "client_secret_file":
        ours["client_secret"] = FromFile(item)
    elif key == "endpoint_params":
        ours.setdefault(key, {})[path[1]] = item
    elif key == "tls_config":
        leaf = str(path[1])
        name = leaf.removesuffix("_file")
        if name not in TLS_NAMES:
            return False
        ours.setdefault(key, {})[name] = FromFile(item) if leaf.endswith("_file") else item
    elif key == "proxy_connect_header":
        if len(item) != 1:
            return False
        ours.setdefault("proxy_config", {}).setdefault(key, {})[path[1]] = item[0]
    elif key in PROXY_NAMES:
        ours.setdefault("proxy_config", {})[key] = item
    else:
        return False
    return True


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value that is not a mapping, with the way to it."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    else:
        yield path, value


def with_files(value: Mapping[str, Any]) -> dict[str, Any]:
    """The same, with what stands in a file under Alertmanager's ``…_file``."""
    return {
        key + "_file" if isinstance(item, FromFile) else key: item.path
        if isinstance(item, FromFile)
        else item
        for key, item in value.items()
    }


def has_authorization(config: Mapping[str, Any] | None) -> bool:
    """Whether Alertmanager's ``http_config`` has an ``authorization``: a bearer token, the older
    way to say it, becomes one.
    """
    config = config or {}
    older = config.get("bearer_token") or config.get("bearer_token_file")
    return config.get("authorization") is not None or bool(older)


def take_bearer(values: dict[str, Any]) -> str | FromFile | None:
    """Take a bearer token out of Alertmanager's ``http_config`` in ``values``; ``None`` when there
    is none.
    """
    config = values.get("http_config") or {}
    login = config.get("authorization") or {}
    if login.get("type", "Bearer") != "Bearer":
        return None
    said = {**config, **login}  # bearer_token is the older way to say it
    secret = said.get("credentials") or said.get("bearer_token")
    if not secret and (path := said.get("credentials_file") or said.get("bearer_token_file")):
        secret = FromFile(path)
    if secret:
        rest = {key: item for key, item in config.items() if key not in BEARER}
        values["http_config"] = rest
        if not rest:
            del values["http_config"]
    return secret
