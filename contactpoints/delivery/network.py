"""Network: addresses that nothing is ever sent to, whatever name or redirect leads there.

A cloud's metadata service gives its machine's credentials to whoever asks from that machine. What
is sent to comes from settings, and now and then from a notification or a redirect.
"""

from __future__ import annotations

import ipaddress
import socket
from contextlib import suppress

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
REFUSED_NAMES = frozenset({"metadata.google.internal", "metadata.goog"})
"""Names of such services, for when a proxy finds the address."""

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # https://www.rfc-editor.org/rfc/rfc6052#section-2.1

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class RefusedAddressError(OSError):
    """The address is one that nothing is sent to."""

    def __init__(self) -> None:
        super().__init__("the address is link-local, or of a cloud's metadata service")


def is_refused(text: str) -> bool:
    """Whether an IP address is one that nothing is sent to, also when it is wrapped in another.

    >>> [is_refused(a) for a in ("169.254.169.254", "::ffff:a9fe:a9fe", "fe80::1%eth0", "10.0.0.1")]
    [True, True, True, False]
    """
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    return any(
        each in network
        for each in (address, *_wrapped(address))
        for network in REFUSED
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
        if is_refused(host):
            raise RefusedAddressError
