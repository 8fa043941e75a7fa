"""Messages that go into a bundle name no machine and no file of the installation."""

from __future__ import annotations

import pytest

from coderai.services.export.domain.addresses import without_addresses


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("HTTP 500 from http://gpu-7.lab.internal:8000/v1/chat: no", "HTTP 500 from [address] no"),
        ("postgresql://coderai:secret@db/export is gone", "[address] is gone"),
        ("Cannot reach 10.0.0.7:8000.", "Cannot reach [address]."),
        ("[::1]:9000 refused", "[address] refused"),
        ("localhost:9000 refused, db.internal:5432 too", "[address] refused, [address] too"),
        ("No file /var/lib/coderai/blobs/x.pdf here", "No file [path] here"),
        (r"No file C:\Users\ada\x.pdf", "No file [path]"),
        ("the model answers with HTTP 503: overloaded", "the model answers with HTTP 503: overloaded"),
        ("openai:gpt-5-mini is not served to this account", "openai:gpt-5-mini is not served to this account"),
        ("no text in it; 3/4 of pages and/or more, at 12:30", "no text in it; 3/4 of pages and/or more, at 12:30"),
    ],
)
def test_addresses_and_paths_are_taken_out(message: str, told: str) -> None:
    assert without_addresses(message) == told
