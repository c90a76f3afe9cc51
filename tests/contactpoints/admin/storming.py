"""One process of the storm: many threads that all write. It prints what was granted, and what not.

python -m tests.contactpoints.admin.storming URL KEY_FILE NUMBER THREADS WRITES
"""

from __future__ import annotations

import json
import sys
import threading

from contactpoints.admin.refusals import ConflictError
from tests.contactpoints.admin.administered import adding, administered, row


def main(url: str, key_file: str, number: str, threads: str, writes: str) -> None:
    admin = administered(url, secret_key_file=key_file)
    written: list[str] = []
    refused: list[str] = []

    def storm(thread: int) -> None:
        for turn in range(int(writes)):
            name = f"n{number}-{thread}-{turn}"
            try:
                admin.keeper.change(adding(row(name)), author=name, note="storm")
                written.append(name)
            except ConflictError as error:
                if error.message_id != "alerting.notifications.conflict":
                    raise
                refused.append(name)

    running = [threading.Thread(target=storm, args=(each,)) for each in range(int(threads))]
    print("ready", flush=True)
    sys.stdin.readline()
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    admin.service.stop()
    print(json.dumps([written, refused]))


if __name__ == "__main__":
    main(*sys.argv[1:])
