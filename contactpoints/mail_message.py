"""The pieces of a mail: names, texts and addresses of its header, its content's alternatives."""

from __future__ import annotations

import quopri
import re
from email import policy
from email.header import Header
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from typing import Any

OF_CONTENT = ("Content-Type", "Content-Transfer-Encoding", "Mime-Version")  # made with the parts


def canonical(name: str) -> str:
    """A header's name as Go writes it."""
    return "-".join(word.capitalize() for word in name.split("-"))


LONGEST = 60  # characters of a word in a line of 76: a longer one would be folded inside


class Line(UnstructuredHeader):
    """A header's text. The library's own folding loses a space beside an encoded word."""

    name: str

    def fold(self, *, policy: Any) -> str:
        text = str(self)
        is_plain = text.isascii() and all(len(word) <= LONGEST for word in text.split(" "))
        charset = "us-ascii" if is_plain else "utf-8"
        folded = Header(text, charset, header_name=self.name).encode(linesep=policy.linesep)
        return f"{self.name}: {folded}{policy.linesep}"


HEADERS = HeaderRegistry(default_class=Line)
HEADERS.map_to_type("subject", Line)  # type: ignore[arg-type]


def empty_mail() -> EmailMessage:
    """A mail whose content is what :func:`text_part` gives, the last one the best."""
    mail = EmailMessage(policy=policy.SMTP.clone(header_factory=HEADERS))
    mail.make_alternative()
    return mail


def text_part(kind: str, text: str) -> EmailMessage:
    """One alternative of a mail's content, exactly ``text``."""
    part = EmailMessage()
    part["Content-Type"] = f"text/{kind}; charset=UTF-8"
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(quopri.encodestring(text.encode("utf-8", "replace")).decode())
    return part


def one_line(text: str) -> str:
    """A header's text, which cannot hold line ends."""
    return " ".join(text.splitlines())


def split_addresses(text: str) -> list[str]:
    """The addresses in a text that separates them by comma, semicolon or line."""
    return [part for piece in re.split(r"[;\n]", text) for part in split_commas(piece) if part]


def split_commas(text: str) -> list[str]:
    """Pieces between commas that stand outside quotes."""
    return [piece.strip() for piece in re.findall(r'(?:"(?:\\.|[^"\\])*"|[^,])+', text)]
