"""Python's search for cyclic garbage, put off while many objects are made that hold no cycles.

It looks through everything again and again while a document grows, and finds nothing: half of the
time that a large document takes, and more the larger it is.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collection_paused() -> Iterator[None]:
    """No search for cyclic garbage in this process until the end of the block; may be nested.

    Memory is given back as ever, but for cycles. With several threads the search may come back
    earlier, when the first of them is done, which costs only time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
