"""What is remembered of posted messages, in memory."""

from __future__ import annotations

from contactpoints.posted import PostedBy, PostedInMemory


def test_only_so_many_messages_are_remembered() -> None:
    posted = PostedInMemory(most=2)
    for number in "012":
        posted.remember((number,), {"ts": number})
    assert [posted.recall((number,)) for number in "012"] == [None, {"ts": "1"}, {"ts": "2"}]
    posted.remember(("2",), None)
    assert posted.recall(("2",)) is None


def test_each_integration_has_its_own() -> None:
    everything = PostedInMemory()
    first, second = (PostedBy(everything, ("ops", f"slack[{number}]")) for number in (0, 1))
    first.remember(("#ops", "g"), {"ts": "1"})
    assert first.recall(("#ops", "g")) == {"ts": "1"}
    assert second.recall(("#ops", "g")) is None
    second.remember(("#ops", "g"), None)
    assert first.recall(("#ops", "g")) == {"ts": "1"}
