"""Server-sent events are read as the standard says, however the network cuts the stream."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from coderai.client.sse import ServerSentEvent, server_sent_events

STREAM = (
    ": a comment\n\n"
    "id: 1\nevent: progress\ndata: one\n\n"
    "data: two\r\ndata: lines\r\n\r\n"
    "id:3\ndata: grüße\u2028六\n\n"
    "event: without data\n\n"
    "id: 4\ndata: cut off\n"
).encode()
EVENTS = [
    ServerSentEvent("progress", "one", "1"),
    ServerSentEvent("message", "two\nlines", "1"),
    ServerSentEvent("message", "grüße\u2028六", "3"),
]


@given(st.lists(st.integers(0, len(STREAM)), max_size=20))
def test_where_the_stream_is_cut_makes_no_difference(cuts: list[int]) -> None:
    bounds = [0, *sorted(cuts), len(STREAM)]
    chunks = [STREAM[start:end] for start, end in pairwise(bounds)]
    assert list(server_sent_events(chunks)) == EVENTS
