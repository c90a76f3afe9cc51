"""Alert: one item of a notification."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from msgspec import Meta, Struct, field

from contactpoints.payload import ZERO_TIME, Status

IMAGE_URL_ANNOTATION = "__alert_image_url__"  # set by Grafana's alert state manager


class Alert(Struct, frozen=True, rename="camel"):
    """One alert of a notification. Times stay as posted (RFC 3339): no digit of them is lost.

    The types say at once what a plain alert has to be: all of it there, nothing null.
    """

    status: Status
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    starts_at: str
    ends_at: str
    generator_url: str = field(name="generatorURL")
    fingerprint: Annotated[str, Meta(min_length=1)]
    posted: Mapping[str, Any] = {}
    """The whole object as posted: Grafana adds ``values``, ``silenceURL``, ``imageURL`` ..."""

    @property
    def is_firing(self) -> bool:
        return self.status == "firing"

    @property
    def name(self) -> str:
        """The label ``alertname``; empty when there is none."""
        return self.labels.get("alertname", "")

    @property
    def started(self) -> datetime:
        """``starts_at`` to the microsecond."""
        return moment(self.starts_at)

    @property
    def ended(self) -> datetime | None:
        """``ends_at`` to the microsecond; ``None`` while the alert fires."""
        return None if self.ends_at == ZERO_TIME else moment(self.ends_at)

    @property
    def image_url(self) -> str:
        """Address of a picture of the alert, when Grafana sent one."""
        url = self.posted.get("imageURL") or self.annotations.get(IMAGE_URL_ANNOTATION, "")
        return url if isinstance(url, str) else ""


def common(maps: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The pairs that are in every map; nothing for no map."""
    pairs: set[tuple[str, str]] | None = None
    for mapping in maps:
        items = set(mapping.items())
        pairs = items if pairs is None else pairs & items
    return dict(sorted(pairs or ()))


def moment(text: str) -> datetime:
    """An RFC 3339 time, cut to microseconds."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


FNV_OFFSET, FNV_PRIME = (
    0xCBF29CE484222325,
    0x100000001B3,
)  # http://www.isthe.com/chongo/tech/comp/fnv/


def fingerprint(labels: Mapping[str, str]) -> str:
    """The fingerprint that Alertmanager gives to ``labels``: FNV-1a, as 16 hex digits.

    >>> fingerprint({"severity": "warning", "job": "foo"})
    '9266ef3da838ad95'
    """
    value = FNV_OFFSET
    for name, text in sorted(labels.items(), key=lambda item: item[0].encode("utf-8", "replace")):
        for byte in b"%s\xff%s\xff" % (
            name.encode("utf-8", "replace"),
            text.encode("utf-8", "replace"),
        ):
            value = ((value ^ byte) * FNV_PRIME) & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"
