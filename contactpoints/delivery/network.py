"""Network: addresses that nothing is sent to, whatever name or redirect leads there.

A cloud's metadata service gives its machine's credentials to whoever asks from that machine. What
is sent to comes from settings, and now and then from a notification or a redirect. Private networks
are refused when the operator says so (:func:`refuse_private`): contact points may then be written
by people who should not reach what is inside.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

REFUSED = tuple(
    ipaddress.ip_network(text)
    for text in (
        "169.254.0.0/16",  # link-local: https://www.rfc-editor.org/rfc/rfc3927; AWS, Azure, GCP
        "fe80::/10",  # link-local: https://www.rfc-editor.org/rfc/rfc4291#section-2.5.6
        "fd00:ec2::/32",  # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
        "fd20:ce::254/128",  # https://cloud.google.com/compute/docs/metadata/querying-metadata
        "168.63.129.16/32",  # https://learn.microsoft.com/en-us/azure/virtual-network/what-is-ip-address-168-63-129-16
        "100.100.100.200/32",  # https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata
        "192.0.0.192/32",  # Oracle's older one
        "fd00:42::42/128",  # https://www.scaleway.com/en/docs/instances/how-to/use-instance-metadata/
    )
)
PRIVATE = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",  # "this network": https://www.rfc-editor.org/rfc/rfc1122#section-3.2.1.3
        "10.0.0.0/8",  # https://www.rfc-editor.org/rfc/rfc1918#section-3
        "100.64.0.0/10",  # carriers' own: https://www.rfc-editor.org/rfc/rfc6598
        "127.0.0.0/8",  # loopback
        "172.16.0.0/12",
        "192.0.0.0/24",  # https://www.rfc-editor.org/rfc/rfc6890#section-2.2.2
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks: https://www.rfc-editor.org/rfc/rfc2544
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
        "::/128",
        "::1/128",
        "64:ff9b:1::/48",  # https://www.rfc-editor.org/rfc/rfc8215
        "fc00::/7",  # unique local: https://www.rfc-editor.org/rfc/rfc4193
        "fec0::/10",  # site-local, which it was once
        "ff00::/8",
    )
)
REFUSED_NAMES = frozenset({"metadata.google.internal", "metadata.goog"})
"""Names of such services, for when a proxy finds the address."""

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # https://www.rfc-editor.org/rfc/rfc6052#section-2.1

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class RefusedAddressError(OSError):
    """The address is one that nothing is sent to."""

    def __init__(self, why: str = "") -> None:
        super().__init__(why or "the address is link-local, or of a cloud's metadata service")


class PrivateAddressError(RefusedAddressError):
    """The address is of a private network, and those are refused here."""

    def __init__(self) -> None:
        super().__init__("the address is of a private network, which is not allowed here")


@dataclass(frozen=True)
class Rule:
    """What is refused besides the addresses that always are."""

    refused: tuple[Network, ...] = ()
    allowed: tuple[Network, ...] = ()


_rule = Rule()  # of this process, as its environment is


def refuse_private(refuse: bool, allowed: Iterable[str] = ()) -> None:
    """Set what this process does with private networks: refuse them, except those ``allowed``, or
    not.
    """
    global _rule
    networks = tuple(ipaddress.ip_network(text, strict=False) for text in allowed)
    _rule = Rule(PRIVATE, networks) if refuse else Rule()
    check_host.cache_clear()


def check_address(text: str) -> None:
    """:raises RefusedAddressError: when nothing may be sent to an IP address."""
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    found = (address, *_wrapped(address))
    if _within(found, REFUSED):
        raise RefusedAddressError
    rule = _rule
    if rule.refused and any(
        _within([each], rule.refused) and not _within([each], rule.allowed) for each in found
    ):
        raise PrivateAddressError


def is_refused(text: str) -> bool:
    """Whether an IP address is one that nothing is sent to, also when it is wrapped in another.

    >>> [is_refused(a) for a in ("169.254.169.254", "::ffff:a9fe:a9fe", "fe80::1%eth0", "10.0.0.1")]
    [True, True, True, False]
    """
    try:
        check_address(text)
    except RefusedAddressError:
        return True
    return False


def _within(addresses: Iterable[Address], networks: Iterable[Network]) -> bool:
    return any(
        each in network
        for each in addresses
        for network in networks
        if each.version == network.version
    )


def _wrapped(address: Address) -> list[Address]:
    """The IPv4 addresses that an IPv6 address stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found: list[Address] = [each for each in (address.ipv4_mapped, address.sixtofour) if each]
    if address in NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return found


@lru_cache(4096)  # every request asks, and nearly all go to hosts that were looked at before
def check_host(host: str) -> None:
    """:raises RefusedAddressError: when ``host`` itself says such an address; names are looked up
    by :func:`contactpoints.delivery.deadline.connect`, or by a proxy.
    """
    host = host.strip("[]").rstrip(".").lower()
    if host in REFUSED_NAMES:
        raise RefusedAddressError
    with suppress(OSError):  # 2852039166 and 0xa9fea9fe are addresses as well
        host = socket.inet_ntoa(socket.inet_aton(host))
    with suppress(ValueError):
        check_address(host)
