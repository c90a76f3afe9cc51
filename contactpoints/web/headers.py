"""Headers: what every answer tells a browser to leave alone.

https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html
"""

from __future__ import annotations

from flask import Flask, Response, request

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with no-referrer, our own forms would have no Origin
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
OF_JSON = (*ALWAYS.items(), ("Content-Security-Policy", NOTHING))
"""What an answer that is no page has in all."""
TLS_NAME = "Strict-Transport-Security"
TLS = "max-age=31536000"


def install(app: Flask) -> None:
    """Put them on every answer of ``app``."""
    app.after_request(add)


def add(response: Response) -> Response:
    """What the view has said stays."""
    headers = response.headers
    there = {name.lower() for name, _ in headers}
    policy = PAGE if response.mimetype == "text/html" else NOTHING
    for name, value in (*ALWAYS.items(), ("Content-Security-Policy", policy)):
        if name.lower() not in there:
            headers.add(name, value)
    if request.is_secure and TLS_NAME.lower() not in there:
        headers.add(TLS_NAME, TLS)
    return response
