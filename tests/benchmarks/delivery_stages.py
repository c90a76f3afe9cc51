"""CPU of each stage of a notification, measured alone, in one thread: the next bottleneck."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from app import read_configuration, renderer_of
from contactpoints.delivery.attempt import parsed
from contactpoints.delivery.directory import Directory, duplicate_key
from contactpoints.delivery.http import Http
from contactpoints.delivery.rendering import render_settings
from contactpoints.environment import Environment
from contactpoints.storage.accepting import Posted, accept
from contactpoints.storage.claims import Wanted, claim
from contactpoints.storage.database import Database
from contactpoints.storage.endings import Attempt, Ended, end
from tests.benchmarks.delivery_load import payload

COUNT, BATCH = 960, 16
FIRST = 10**6  # numbers that no other post has
Item = TypeVar("Item")
Given = TypeVar("Given")


def stages(folder: Path) -> dict[str, float]:
    """Microseconds of CPU for each notification, by stage; what is sent goes to ``config.yml``."""
    environment = Environment(
        config=(str(folder / "config.yml"),), database_url=f"sqlite:///{folder / 'stages.db'}"
    )
    setup = read_configuration(environment)
    directory, renderer = Directory(setup), renderer_of(setup)
    database = Database(environment.database_url)
    database.prepare()
    spent: dict[str, float] = {}

    def timed(stage: str, act: Callable[[Item], Given], items: Sequence[Item]) -> list[Given]:
        begin = time.thread_time()
        found = [act(item) for item in items]
        spent[stage] = spent.get(stage, 0.0) + (time.thread_time() - begin) / COUNT * 1e6
        return found

    def posted(body: bytes) -> Posted:
        notification = parsed(body)
        (name,) = directory.contact_points(notification)
        new = directory.deliveries(notification, name)
        key = duplicate_key([name], notification)
        group, status = notification.group_key, notification.status
        now = time.time()
        return Posted(now, now + 3600, group, status, key, body, new, 60.0, "benchmark")

    def writing(operation: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
        def act(items: Any) -> Any:
            with database.writing() as connection:
                return operation(connection, items)

        return act

    bodies = [payload(FIRST + number) for number in range(COUNT)]
    posts = timed("parse", posted, bodies)
    batches = [posts[start : start + BATCH] for start in range(0, COUNT, BATCH)]
    timed("accept (16 a commit)", writing(accept), batches)
    now = time.time()
    wish = Wanted(posts[0].deliveries[0].target, BATCH, "me", now + 9, now + 99)
    wishes = [[wish]] * len(batches)
    claims = [each[0] for each in timed("claim (16 a commit)", writing(claim), wishes)]
    endpoint = directory.find("ops", posts[0].deliveries[0].integration)
    assert endpoint
    integration = endpoint.integration

    def render(body: bytes) -> Any:
        return render_settings(integration, parsed(body), renderer, 300.0)[0]

    for body in bodies[:100]:  # what is made once
        render(body)
    settings = timed("render", render, bodies)

    def send(pair: tuple[bytes, Any]) -> None:
        integration.send(parsed(pair[0]), pair[1], Http(secrets=endpoint.secrets))

    timed("send", send, list(zip(bodies, settings, strict=True)))
    tried = Attempt(1, now, 0.01)
    ended = [[Ended(one, "delivered", now, now + 90, tried) for one in each] for each in claims]
    timed("store the end (16 a commit)", writing(end), ended)
    database.close()
    return spent
