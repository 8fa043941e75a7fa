"""One form for each e-mail address, and none for what only looks like one."""

from __future__ import annotations

import pytest

from coderai.gateway.accounts.emails import normal_email
from coderai.kit.errors import InvalidInput


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("  Ada@Example.ORG\n", "ada@example.org"),
        ("ada+notes@example.org", "ada+notes@example.org"),
        ("ada@münchen.de", "ada@xn--mnchen-3ya.de"),
        ("ada@XN--MNCHEN-3YA.de", "ada@xn--mnchen-3ya.de"),
        ("ada@faß.de", "ada@xn--fa-hia.de"),
        ("straße@example.org", "straße@example.org"),
        ("rene\u0301@example.org", "ren\u00e9@example.org"),
        ("ada@intranet", "ada@intranet"),
        ("ada@corp.local", "ada@corp.local"),
    ],
)
def test_an_address_has_one_form(given: str, normal: str) -> None:
    assert normal_email(given) == normal
    assert normal_email(normal) == normal


@pytest.mark.parametrize(
    "given",
    [
        "",
        "nobody",
        "a@b@c.org",
        "Ada <ada@example.org>",
        '"a b"@example.org',
        "ada@[127.0.0.1]",
        "ada@-x.org",
        "ada@example.org.",
        "a..b@example.org",
        "a" * 65 + "@example.org",
        "a@" + "b" * 64 + ".org",
        "a@" + ".".join(["b" * 60] * 5),
        "ada@example.org, eve@example.org",
        "ada@example.org\nBcc: eve@example.org",
        "a\x00da@example.org",
    ],
)
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        normal_email(given)
    assert set(refused.value.fields) == {"email"}


@pytest.mark.parametrize(
    "unseen",
    [
        *("\u200b", "\u200d", "\u200e", "\u202e", "\u2066", "\u061c", "\ufeff"),
        *("\u00ad", "\u034f", "\u115f", "\u3164", "\ufe0f", "\u180e", "\U000e0041"),
    ],
    ids=ascii,
)
def test_characters_that_cannot_be_seen_are_refused(unseen: str) -> None:
    for given in (f"a{unseen}da@example.org", f"ada@exa{unseen}mple.org", f"ada{unseen}@example.org"):
        with pytest.raises(InvalidInput):
            normal_email(given)


@pytest.mark.parametrize("alike", ["\uff41da@example.org", "o\ufb03ce@example.org", "a\u00b2@example.org"])
def test_characters_are_not_replaced_by_others_that_look_alike(alike: str) -> None:
    with pytest.raises(InvalidInput):
        normal_email(alike)
