"""Mails, as they are sent and as Outlook saves them: head and text are a document, each attachment another."""

from __future__ import annotations

import struct

import pytest
from compressed_rtf import compress

from coderai.services.ingest.adapters.answers import PartsSoFar
from coderai.services.ingest.adapters.parsers.mail_text import flowed
from coderai.services.ingest.domain.problems import FileDamaged, TextTooLarge
from coderai.services.ingest.domain.reading import Reading
from tests.unit.ingest import ole
from tests.unit.ingest.files import read_one, read_parts, texts, zipped

HEAD = b"""From: =?utf-8?Q?J=C3=BCrgen?= <j@x.org>
To: a@x.org, B <b@x.org>
Date: Tue, 3 Mar 2026 10:00:00 +0100
Subject: =?iso-8859-1?Q?Streik_in?= =?iso-8859-1?Q?_K=F6ln?=
Message-ID: <1@x>
MIME-Version: 1.0
"""
SHOWN = (
    "From: Jürgen <j@x.org>\nTo: a@x.org, B <b@x.org>\nDate: Tue, 3 Mar 2026 10:00:00 +0100\nSubject: Streik in Köln"
)
WITH_ATTACHMENTS = (
    HEAD
    + b"""Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: multipart/related; boundary=related

--related
Content-Type: multipart/alternative; boundary=either

--either
Content-Type: text/plain; charset=iso-8859-1; format=flowed
Content-Transfer-Encoding: quoted-printable

Die Stra=DFe war =
gesperrt, und=20
300 kamen.
--either
Content-Type: text/html

<p>In HTML <img src="cid:logo"></p>
--either--
--related
Content-Type: image/png; name=logo.png
Content-ID: <logo>
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--related--
--outer
Content-Type: text/csv
Content-Disposition: attachment; filename="t.csv"

id,text
1,one
2,two
--outer
Content-Type: message/rfc822

From: c@x.org
Subject: 1/2 forwarded
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=inner

--inner
Content-Type: text/html

<p>Forwarded <b>text</b></p>
--inner
Content-Type: application/octet-stream
Content-Disposition: attachment; filename*=utf-8''%C3%BC.txt
Content-Transfer-Encoding: base64

SGVsbG8gd29ybGQ=
--inner--
--outer
Content-Type: image/png
Content-Disposition: attachment; filename=scan.png
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--outer--
"""
)


def test_a_mail_is_one_document_with_its_head_as_text_and_metadata() -> None:
    mail = read_one(HEAD + b"Content-Type: text/plain; charset=utf-8\n\nDie Stra\xc3\x9fe.\n", "a.eml")
    assert (mail.format, mail.text) == ("EML", f"{SHOWN}\n\nDie Straße.")
    assert mail.metadata == {
        "from": "Jürgen <j@x.org>",
        "to": "a@x.org, B <b@x.org>",
        "date": "2026-03-03T10:00:00+01:00",
        "subject": "Streik in Köln",
        "message_id": "<1@x>",
    }


def test_attachments_are_documents_and_inline_pictures_a_remark() -> None:
    parts, container = read_parts(WITH_ATTACHMENTS, "a.eml")
    assert container.format == "EML"
    assert [part.position for part in parts] == list(range(1, 7))
    names = ["a.eml", "t.csv#1", "t.csv#2", "1-2 forwarded.eml", "ü.txt", "scan.png"]
    assert [part.name for part in parts] == names
    said = texts(parts)
    assert said[0] == f"{SHOWN}\n\nDie Straße war gesperrt, und 300 kamen."
    assert said[1:5] == ["one", "two", "From: c@x.org\nSubject: 1/2 forwarded\n\nForwarded text", "Hello world"]
    assert "OCR" in said[5]
    assert parts[4].metadata == {"path": "1-2 forwarded.eml/ü.txt"}
    own = parts[0].outcome
    assert isinstance(own, Reading)
    assert "logo.png" in own.report.warnings[0]
    so_far = PartsSoFar("a.eml")
    so_far.check(parts)
    so_far.check_end(container)


def test_a_mail_in_an_archive_is_numbered_among_its_files() -> None:
    parts, container = read_parts(zipped({"m/a.eml": WITH_ATTACHMENTS, "b.txt": "last"}), "all.zip")
    assert [part.position for part in parts] == list(range(1, 8))
    assert [part.metadata["path"] for part in parts][3:] == [
        "m/a.eml/1-2 forwarded.eml",
        "m/a.eml/1-2 forwarded.eml/ü.txt",
        "m/a.eml/scan.png",
        "b.txt",
    ]
    assert container.format == "ZIP"


@pytest.mark.parametrize(
    ("header", "body", "text"),
    [
        ("text/plain; charset=koi8-r", "Забастовка".encode("koi8-r"), "Забастовка"),
        ("text/plain; charset=us-ascii", "naïve, façade".encode(), "naïve, façade"),
        ("text/plain; charset=iso-2022-jp", "ストライキ".encode("iso2022_jp"), "ストライキ"),
        ("text/plain; charset=punycode", b"plain words", "plain words"),
        ("text/html; charset=cp1252", "<p>Café</p>".encode("cp1252"), "Café"),
    ],
)
def test_a_body_is_in_the_encoding_that_it_has(header: str, body: bytes, text: str) -> None:
    mail = read_one(b"From: a@x.org\nContent-Type: " + header.encode() + b"\n\n" + body, "a.eml")
    assert mail.text == f"From: a@x.org\n\n{text}"


def test_a_plain_text_that_only_hints_at_the_html_is_passed_over() -> None:
    mail = b"""From: a@x.org
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain

See HTML.
--b
Content-Type: text/html

<p>The strike at the harbour of Hamburg was over after three days, and all two hundred dockers went back.</p>
--b--
"""
    assert "two hundred dockers" in read_one(mail, "a.eml").text


def test_flowed_lines_are_joined_within_one_depth_of_quoting() -> None:
    assert flowed("one \ntwo\n> three \n> four\n from\n-- \nme") == "one two\n> three four\nfrom\n-- \nme"
    assert flowed("ab \ncd", joins_words=True) == "abcd"


def outlook(*, rtf_only: bool = False) -> bytes:
    """A mail as Outlook saves it."""
    sent = {0x39: (0x40, struct.pack("<Q", 134168832000000000)), 0x3FDE: (3, struct.pack("<Q", 1252))}
    body = {"__substg1.0_10130102": "<html><body><p>Café in HTML</p></body></html>".encode("cp1252")}
    if rtf_only:
        rtf = rb"{\rtf1\ansi\fromhtml1{\*\htmltag64 <p>}In \'e9t\'e9\htmlrtf\par\htmlrtf0 more}"
        body = {"__substg1.0_10090102": compress(rtf)}
    to = {**ole.properties(8, {0x0C15: (3, struct.pack("<Q", 1))}), **ole.texts({0x3001: "Bob", 0x39FE: "b@x.org"})}
    shown = ole.properties(8, {0x3714: (3, struct.pack("<Q", 4))})
    forwarded = {**ole.properties(24), **ole.texts({0x37: "Forwarded", 0x1000: "Its text"})}
    return ole.ole(
        {
            **ole.properties(32, sent),
            **ole.texts({0x37: "Streik", 0x0C1A: "Jürgen", 0x5D01: "j@x.org"}),
            **body,
            "__recip_version1.0_#00000000": to,
            "__attach_version1.0_#00000000": {
                **ole.properties(8),
                **ole.texts({0x3707: "notes.txt"}),
                "__substg1.0_37010102": b"A note. " * 600,
            },
            "__attach_version1.0_#00000001": {
                **shown,
                **ole.texts({0x3707: "image001.png"}),
                "__substg1.0_37010102": b"\x89PNG",
            },
            "__attach_version1.0_#00000002": {**ole.properties(8), "__substg1.0_3701000D": forwarded},
        }
    )


def test_a_mail_of_outlook_is_read_as_the_mail_that_was_sent() -> None:
    parts, container = read_parts(outlook(), "a.msg")
    assert (container.format, [part.name for part in parts]) == ("MSG", ["a.msg", "notes.txt", "Forwarded.eml"])
    head = "From: Jürgen <j@x.org>\nTo: Bob <b@x.org>\nDate: Mon, 02 Mar 2026 00:00:00 +0000\nSubject: Streik"
    assert texts(parts)[0] == f"{head}\n\nCafé in HTML"
    assert texts(parts)[2] == "Subject: Forwarded\n\nIts text"
    own = parts[0].outcome
    assert isinstance(own, Reading)
    assert own.metadata["date"] == "2026-03-02T00:00:00+00:00"
    assert "image001.png" in own.report.warnings[0]
    assert texts(read_parts(outlook(rtf_only=True), "a.msg")[0])[0].endswith("\n\nIn été\n\nmore")


def test_a_damaged_or_looping_mail_of_outlook_ends() -> None:
    data = outlook()
    entry = data.index("__properties".encode("utf-16-le"))
    looping = data[: entry + 72] + struct.pack("<I", 1) + data[entry + 76 :]
    for damaged in (looping, data[: len(data) // 2], data[:600]):
        try:
            read_parts(damaged, "a.msg")
        except (FileDamaged, AssertionError):
            continue
        except Exception as reason:  # noqa: BLE001
            assert "the file" in str(reason).lower()


def test_what_lies_too_deep_or_is_too_much_is_refused() -> None:
    mail = b"From: a@x.org\nSubject: s\nMIME-Version: 1.0\nContent-Type: "
    parts, _ = read_parts((mail + b"message/rfc822\n\n") * 30 + b"From: z@z\n\nthe end", "a.eml")
    assert "lie within each other" in texts(parts)[-1]
    with pytest.raises(FileDamaged, match="hundreds deep"):
        read_one((mail + b"message/rfc822\n\n") * 3_000 + b"From: z@z\n\nthe end", "a.eml")
    attachment = b"--b\nContent-Disposition: attachment; filename=a.txt\n\nx\n"
    with pytest.raises(TextTooLarge, match="20,000"):
        read_one(mail + b"multipart/mixed; boundary=b\n\n" + attachment * 20_001, "a.eml")


def test_headers_made_to_take_long_do_not() -> None:
    many = b"".join(b"X-%d: v\n" % number for number in range(50_000))
    parameters = b'Content-Type: text/plain; charset="utf-8"' + b';"' * 200_000 + b"\n"
    words = b"Cc: " + b"=?x?q?" * 200_000 + b"\nDate: " + b"(" * 200_000 + b"\n"
    mail = read_one(b"From: a@x.org\n" + many + parameters + words + b"\nbody", "a.eml")
    assert mail.text.endswith("\n\nbody")
