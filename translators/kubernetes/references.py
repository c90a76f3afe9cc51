"""Values that stand in a Secret or ConfigMap of Kubernetes and are named where they are used."""

from __future__ import annotations

from typing import Any, Literal

from contactpoints.fields import Interpolated

Kind = Literal["secret", "configMap"]


class FromSecret(Interpolated):
    """A value that only the cluster knows: ``key`` of the Secret (or ConfigMap) called ``name``.

    As text it names the place, ``<secret alerting/slack-url>``. ``optional`` is what the reference
    says of itself.
    """

    name: str
    key: str
    kind: Kind
    optional: bool

    def __new__(
        cls, name: str, key: str, kind: Kind = "secret", optional: bool = False
    ) -> FromSecret:
        made = super().__new__(cls, f"<{kind} {name}/{key}>")
        made.name, made.key, made.kind, made.optional = name, key, kind, optional
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        return self.name, self.key, self.kind, self.optional

    @property
    def why(self) -> str:
        """Where the value is, for people."""
        holder = "Secret" if self.kind == "secret" else "ConfigMap"
        return f"it stands in the {holder} {self.name}, key {self.key}"

    def as_dict(self) -> dict[str, Any]:
        """The reference as objects have it."""
        said: dict[str, Any] = {"name": self.name, "key": self.key}
        return said | {"optional": True} if self.optional else said


class KnownSecret(str):
    """A value whose Secret is in the same text: it is its value, and knows where it stands."""

    reference: FromSecret

    def __new__(cls, value: str, reference: FromSecret) -> KnownSecret:
        made = super().__new__(cls, value)
        made.reference = reference
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        return str(self), self.reference


def reference_of(value: Any) -> FromSecret | None:
    """Where a value stands, when it came from a reference."""
    if isinstance(value, KnownSecret):
        return value.reference
    return value if isinstance(value, FromSecret) else None


def restored(raw: Any, value: Any) -> Any:
    """``value``, which was made of ``raw``, with the known secrets that it lost on the way."""
    if isinstance(raw, KnownSecret):
        return raw if value == raw else value
    if isinstance(raw, dict) and isinstance(value, dict):
        return {key: restored(raw.get(key), item) for key, item in value.items()}
    if isinstance(raw, list) and isinstance(value, list) and len(raw) == len(value):
        return [restored(*pair) for pair in zip(raw, value, strict=True)]
    return value
