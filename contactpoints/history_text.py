"""One delivery as a line on the terminal."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

FORM = "{id:>8}  {time:<19}  {state:<10}  {tries:>5}  {where:<32}  {what}"


def heading() -> str:
    """The names of the columns."""
    return FORM.format(
        id="id", time="accepted", state="state", tries="tries", where="to", what="about"
    )


def line(row: Mapping[str, Any]) -> str:
    """One delivery; an error stands at its end."""
    said = row["error"] or row["note"] or ""
    about = f"{row['status']} {row['group_key']}"
    return FORM.format(
        id=row["id"],
        time=time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(row["accepted_at"])),
        state=row["state"],
        tries=row["attempts"],
        where=f"{row['contact_point']} › {row['integration']}",
        what=f"{about}  {said}".rstrip(),
    )
