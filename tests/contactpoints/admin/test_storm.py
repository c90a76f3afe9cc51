"""A storm of writes, from threads of several processes: one consistent setup, and nothing lost."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from tests.contactpoints.admin.administered import administered
from tests.contactpoints.process import ROOT

PROCESSES, THREADS, WRITES = 2, 8, 6
PROGRAM = "tests.contactpoints.admin.storming"


def test_what_was_granted_is_there_and_what_was_refused_is_not(url: str, key_file: str) -> None:
    processes = [
        subprocess.Popen(
            [
                *(sys.executable, "-m", PROGRAM, url, key_file),
                *(str(number), str(THREADS), str(WRITES)),
            ],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(PROCESSES)
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    said: list[Any] = []
    for process in processes:
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        said.append(json.loads(out))
    written = [name for granted, _ in said for name in granted]
    refused = [name for _, others in said for name in others]
    assert len(written) + len(refused) == PROCESSES * THREADS * WRITES
    assert len(written) > len(refused)
    admin = administered(url, secret_key_file=key_file)
    stored = admin.keeper.current()
    names = [each["name"] for each in stored.document["contactPoints"]]
    assert sorted(names) == sorted(written)
    assert stored.number == len(written)
    assert sorted(admin.service.directory.names) == sorted(written)
    authors = [each.author for each in admin.keeper.history(100)]
    assert authors == names[::-1][:100]
    admin.service.stop()
