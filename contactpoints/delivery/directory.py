"""Directory: who gets a notification, and the configured integration that a delivery names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from alertmanager_configs.routing import find_routes
from contactpoints.base import Integration
from contactpoints.delivery.rates import rate_of, read_rates
from contactpoints.delivery.rendering import Renderer
from contactpoints.delivery.secrecy import late_secrets, secrets_of
from contactpoints.notification import Notification
from contactpoints.setup import ContactPoint, Setup, near
from contactpoints.storage.pacing import Rate
from contactpoints.storage.tables import SKIPPED, WAITING
from contactpoints.storage.waiting import NewDelivery

ONLY_RESOLVED = "nothing fires any more, and send_resolved is off"


class UnknownContactPointError(LookupError):
    """Nobody is called so. ``near`` are names that may have been meant."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.near = near(name, known)
        meant = " or ".join(repr(word) for word in self.near)
        super().__init__(
            f"there is no contact point {name!r}" + (f"; did you mean {meant}?" if meant else "")
        )


class OtherContactPointError(PermissionError):
    """The sender may post to one contact point only, and others are meant."""

    def __init__(self, only: str) -> None:
        super().__init__(f"these credentials are for the contact point {only!r} only")


@dataclass(frozen=True)
class Endpoint:
    """One integration of one contact point. ``key`` stays the same as long as both do."""

    contact_point: str
    key: str
    integration: Integration
    target: str
    rate: Rate | None
    secrets: frozenset[str] = field(repr=False)
    late: tuple[str, ...] = ()
    """The settings whose secrets are known only when it is sent: from files and templates."""
    renderer: Renderer | None = field(default=None, repr=False, compare=False)
    """Draws its texts with the templates of the setup that it is of."""


class Directory:
    """Every contact point of a setup. ``fallbacks`` maps a contact point's name to another's;
    ``before`` is the directory whose place it takes: what stays the same is taken over.

    :raises UnknownContactPointError: when a fallback is not there.
    """

    def __init__(
        self,
        setup: Setup,
        fallbacks: Iterable[str] = (),
        rates: Iterable[str] = (),
        renderer: Renderer | None = None,
        before: Directory | None = None,
    ) -> None:
        own = read_rates(rates)
        self.setup = setup
        self.names = {point.name: point for point in setup.contact_points}
        known = before._endpoints if before else {}
        self._endpoints: dict[tuple[str, str], Endpoint] = {
            (point.name, endpoint.key): endpoint
            for point in setup.contact_points
            for endpoint in endpoints_of(point, own, renderer, known)
        }
        self._by_uid: dict[str, Endpoint | None] = {}
        for each in self._endpoints.values():
            if uid := each.integration.uid:
                self._by_uid[uid] = None if uid in self._by_uid else each
        self._of: dict[str, list[Endpoint]] = {}
        for endpoint in self._endpoints.values():
            self._of.setdefault(endpoint.contact_point, []).append(endpoint)
        self._fallbacks: dict[str, str] = {}
        for item in fallbacks:
            name, _, other = item.rpartition("=")
            for one in filter(None, (name, other)):
                if one not in self.names:
                    raise UnknownContactPointError(one, self.names)
            self._fallbacks[name] = other

    def find(self, contact_point: str, key: str) -> Endpoint | None:
        """The integration that a delivery names, also under its contact point's new name; None when
        it is gone from the setup.
        """
        return self._endpoints.get((contact_point, key)) or self._by_uid.get(key)

    def contact_points(self, notification: Notification, name: str | None = None) -> list[str]:
        """Who gets ``notification``: the one named, else its receiver, else by the policy tree.
        ``name`` may be ``contact point/key`` of a single integration.

        :raises UnknownContactPointError: when there is nobody.
        """
        if name is not None:
            if name not in self.names and self._single(name) is None:
                keys = [f"{each}/{key}" for each, key in self._endpoints if name.startswith(each)]
                raise UnknownContactPointError(name, [*self.names, *keys])
            return [name]
        for receiver in (notification.receiver_name, notification.receiver):
            if receiver in self.names:
                return [receiver]
        policy = self.setup.policy
        labels = {**notification.group_labels, **notification.common_labels}
        found = [match.receiver for match in find_routes(policy, labels)] if policy else []
        known = [receiver for receiver in dict.fromkeys(found) if receiver in self.names]
        if not known:
            raise UnknownContactPointError(notification.receiver_name, self.names)
        return known

    def deliveries(self, notification: Notification, name: str) -> list[NewDelivery]:
        """The deliveries of ``notification`` to one contact point, in the order of its list, or to
        one of its integrations.
        """
        single = None if name in self.names else self._single(name)
        found = []
        for endpoint in [single] if single else self._of.get(name, ()):
            if endpoint.integration.sends_nothing():
                continue
            skipped = skips(endpoint.integration, notification)
            found.append(
                NewDelivery(
                    contact_point=endpoint.contact_point,
                    integration=endpoint.key,
                    type=endpoint.integration.type,
                    target=endpoint.target,
                    lane=lane_of(endpoint.contact_point, endpoint.key, notification.group_key),
                    state=SKIPPED if skipped else WAITING,
                    note=ONLY_RESOLVED if skipped else None,
                )
            )
        return found

    def holder(self, name: str) -> str:
        """The contact point of a name that :meth:`contact_points` gives."""
        single = None if name in self.names else self._single(name)
        return single.contact_point if single else name

    def _single(self, name: str) -> Endpoint | None:
        """The one integration that ``contact point/key`` means, if there is one."""
        contact_point, _, key = name.rpartition("/")
        return self._endpoints.get((contact_point, key))

    def rates(self) -> dict[str, Rate]:
        """The targets that have a limit."""
        return {e.target: e.rate for e in self._endpoints.values() if e.rate}

    def fallback(self, name: str) -> str | None:
        """The contact point that gets what ``name`` could not deliver."""
        other = self._fallbacks.get(name) or self._fallbacks.get("")
        return other if other != name else None


def skips(integration: Integration, notification: Notification) -> bool:
    """Whether there is nothing to send: only resolved alerts, of which it does not tell."""
    return not integration.told(notification).alerts


def endpoints_of(
    point: ContactPoint,
    own: Mapping[str, Rate],
    renderer: Renderer | None = None,
    known: Mapping[tuple[str, str], Endpoint] | None = None,
) -> list[Endpoint]:
    """The integrations of a contact point. Those that are ``known`` and the same are taken over."""
    found: list[Endpoint] = []
    for integration, key in zip(point.integrations, point.integration_keys(), strict=True):
        one = known.get((point.name, key)) if known else None
        if one and one.renderer is renderer and is_same(one.integration, integration):
            found.append(one)
            continue
        secrets = frozenset(secrets_of(integration))
        late = tuple(late_secrets(integration))
        rate = rate_of(integration, own)
        target = f"{point.name}/{key}"
        found.append(Endpoint(point.name, key, integration, target, rate, secrets, late, renderer))
    return found


def is_same(one: Integration, other: Integration) -> bool:
    """Whether two integrations were read once: one may be a copy that stands elsewhere."""
    return one.values is other.values and one.told_resolved == other.told_resolved


def lane_of(contact_point: str, key: str, group_key: str) -> bytes:
    """The lane of one integration of one contact point and one group key."""
    names = "\0".join((contact_point, key, group_key))
    return hashlib.sha256(names.encode("utf-8", "replace")).digest()[:16]


def duplicate_key(names: Iterable[str], notification: Notification) -> bytes:
    """Equal for notifications that say the same of the same alerts to the same people."""
    said: list[str] = [*names, "", notification.group_key, notification.status]
    said += sorted(
        f"{alert.fingerprint} {alert.status} {alert.starts_at}" for alert in notification.alerts
    )
    return hashlib.sha256("\0".join(said).encode("utf-8", "replace")).digest()[:16]
