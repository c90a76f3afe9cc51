"""Describing: what an endpoint asks of its caller, takes and answers, said beside the view.

The guard lets nobody in where nothing is said, and the OpenAPI document is made from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from marshmallow import Schema

from contactpoints.access.roles import Role

View = TypeVar("View", bound=Callable[..., Any])
Shape = Schema | type[Schema]
Answer = Shape | str | None
"""A schema: JSON of that shape. A text with a slash: the media types of an answer that is no JSON
of a known shape, with commas between them (``"application/yaml, text/hcl"``). Another text: what
the answer means, when its JSON has no fixed shape. None: no body.
"""
ATTRIBUTE = "described_endpoint"


@dataclass(frozen=True)
class Endpoint:
    """What stands in :func:`endpoint`."""

    role: Role
    summary: str
    description: str = ""
    tags: tuple[str, ...] = ()
    query: Shape | None = None
    headers: Shape | None = None
    body: Shape | None = None
    consumes: tuple[str, ...] = ("application/json",)
    """The media types of the body; without ``body`` and with others than JSON, any text."""
    answers: Mapping[int, Answer] = field(default_factory=dict)
    examples: Mapping[str, Any] = field(default_factory=dict)
    """Example bodies by a short name."""
    deprecated: bool = False
    public_if: str = ""
    """The setting of the environment that shows it to everybody."""


def endpoint(
    role: Role,
    summary: str,
    *,
    description: str = "",
    tags: Sequence[str] = (),
    query: Shape | None = None,
    headers: Shape | None = None,
    body: Shape | None = None,
    consumes: Sequence[str] = ("application/json",),
    answers: Mapping[int, Answer] | None = None,
    examples: Mapping[str, Any] | None = None,
    deprecated: bool = False,
    public_if: str = "",
) -> Callable[[View], View]:
    """Describe a view; stands under the route decorator, and leaves the view as it is.

    ``role`` is one of :mod:`contactpoints.access.roles`. ``summary`` is one line without a full
    stop, ``description`` is the first paragraph of the view's docstring when nothing is said.
    ``answers`` holds what the view itself answers when all goes well, and errors that mean
    something special here; every error has the one shape of :mod:`contactpoints.web.answers` and
    is added.

        @blueprint.get("/api/v1/provisioning/contact-points")
        @endpoint(VIEWER, "List contact points", tags=["Contact points"], query=ByName,
                  answers={200: ContactPoint(many=True)})
        def listed() -> Response: ...
    """

    def describe(view: View) -> View:
        said = " ".join((view.__doc__ or "").partition("\n\n")[0].split())
        record = Endpoint(
            role=role,
            summary=summary,
            description=description or said,
            tags=tuple(tags),
            query=query,
            headers=headers,
            body=body,
            consumes=tuple(consumes),
            answers=dict(answers or {200: None}),
            examples=dict(examples or {}),
            deprecated=deprecated,
            public_if=public_if,
        )
        setattr(view, ATTRIBUTE, record)
        return view

    return describe


def described(view: object) -> Endpoint | None:
    """What is said of a view; None when nothing is."""
    found = getattr(view, ATTRIBUTE, None)
    return found if isinstance(found, Endpoint) else None
