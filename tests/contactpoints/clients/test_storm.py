"""Many clients write at the same time, to several processes: one consistent setup is left."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import requests

from tests.contactpoints.clients.conftest import EMPTY, TOKEN
from tests.contactpoints.process import Make

HEADERS = {"Authorization": f"Bearer {TOKEN}"}
WRITERS, WRITES = 8, 6


def test_a_storm_of_writes_loses_nothing_that_was_granted(make: Make) -> None:
    service = make(EMPTY, ADMIN_TOKEN=TOKEN, PROCESSES=2).start().ready()
    base = service.url + "/api/v1/provisioning"

    def write(writer: int) -> list[tuple[int, str]]:
        found = []
        with requests.Session() as session:
            session.headers.update(HEADERS)
            for number in range(WRITES):
                name = f"w{writer} {number}"
                row = {"name": name, "type": "email", "settings": {"addresses": "a@b.example"}}
                made = session.post(base + "/contact-points", json=row, timeout=60)
                found.append((made.status_code, name))
                tree = {"receiver": name}
                put = session.put(base + "/policies", json=tree, timeout=60)
                assert put.status_code in (202, 400, 409), put.text
        return found

    with ThreadPoolExecutor(WRITERS) as pool:
        said = [each for found in pool.map(write, range(WRITERS)) for each in found]
    assert {status for status, _ in said} <= {202, 409}
    granted = {name for status, name in said if status == 202}
    assert len(granted) > WRITES
    for _ in range(4):  # whichever process answers
        rows = requests.get(base + "/contact-points", headers=HEADERS, timeout=20).json()
        assert {row["name"] for row in rows} == granted
        tree = requests.get(base + "/policies", headers=HEADERS, timeout=20).json()
        assert tree["receiver"] in granted
    versions = requests.get(
        service.url + "/api/v1/setup/versions?limit=1", headers=HEADERS, timeout=20
    ).json()["versions"]
    assert versions[0]["number"] >= len(granted)
