"""What each service may do on NATS: send its own facts and work, take what it consumes, and nothing else.

For a NATS of your own: python -m coderai.deploy.bus_rights --print-conf > coderai-users.conf, which its configuration
includes; the passwords come from the environment, as NATS_<SERVICE>_PASSWORD.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_STREAMS = ("WORK", "EVENTS")


@dataclass(frozen=True, slots=True)
class Consumer:
    """A durable consumer as kit.bus makes it."""

    name: str
    stream: str
    subject: str


def _lanes(name: str, subject: str, *lanes: str) -> tuple[Consumer, ...]:
    return tuple(Consumer(f"{name}_{lane}", "WORK", f"{subject}.{lane}") for lane in lanes)


def _fact(service: str, owner: str, fact: str) -> Consumer:
    return Consumer(f"{service}__{fact}", "EVENTS", f"event.{owner}.{fact}")


CONSUMERS: Mapping[str, Sequence[Consumer]] = {
    "projects": (_fact("projects", "extractor", "job_changed"),),
    "ingest": (
        *_lanes("ingest__parse_document", "work.ingest.parse", "small", "large", "rest"),
        _fact("ingest", "projects", "project_deleted"),
    ),
    "extractor": (
        *_lanes("extractor__extract_document", "work.extractor.extract", "first", "rest"),
        _fact("extractor", "projects", "project_deleted"),
        _fact("extractor", "projects", "codebook_changed"),
        _fact("extractor", "ingest", "documents_deleted"),
        _fact("extractor", "ingest", "documents_reread"),
    ),
    "copilot": (_fact("copilot", "projects", "project_deleted"),),
    "export": (
        Consumer("export__write_export", "WORK", "work.export.write"),
        _fact("export", "projects", "project_deleted"),
    ),
}
"""Of each service that uses the bus, what its processes consume."""
_DOORBELLS = {"extractor": ("progress.*",), "copilot": ("replies.*",)}
"""What a service's processes ring and hear among themselves."""


def permissions(service: str) -> dict[str, Any]:
    """The service's rights as NATS' configuration has them: the subjects that it may publish and subscribe to.

    It may make the two streams, which exist already or were lost with the server's data, and its own consumers with
    just their subjects; it may neither change, read nor delete a stream.
    """
    bells = _DOORBELLS.get(service, ())
    publish = [f"event.{service}.>", f"work.{service}.>", *bells]
    publish += [f"$JS.API.STREAM.CREATE.{stream}" for stream in _STREAMS]
    for one in CONSUMERS[service]:
        publish += [
            f"$JS.API.CONSUMER.CREATE.{one.stream}.{one.name}.{one.subject}",
            f"$JS.API.CONSUMER.MSG.NEXT.{one.stream}.{one.name}",
            f"$JS.ACK.{one.stream}.{one.name}.>",
        ]
    return {"publish": {"allow": publish}, "subscribe": {"allow": [f"_INBOX.{service}.>", *bells]}}


def users(passwords: Mapping[str, str]) -> list[dict[str, Any]]:
    """The users of NATS' configuration, one a service, by the services' passwords."""
    return [
        {"user": service, "password": passwords[service], "permissions": permissions(service)} for service in CONSUMERS
    ]


def print_conf() -> str:
    """The users as a file that NATS' configuration includes.

    A password in the environment stands in double quotes, as NATS takes digits for a number otherwise.
    """
    lines = ["# Written by python -m coderai.deploy.bus_rights --print-conf.", "authorization {", "  users: ["]
    for service in CONSUMERS:
        allowed = permissions(service)
        lines += [f"    {{user: {service}, password: $NATS_{service.upper()}_PASSWORD, permissions: {{"]
        for way in ("publish", "subscribe"):
            lines += [f"      {way}: {{allow: ["]
            lines += [f'        "{subject}"' for subject in allowed[way]["allow"]]
            lines += ["      ]}"]
        lines += ["    }}"]
    return "\n".join([*lines, "  ]", "}", ""])


def main() -> None:
    """Prints the users, for whoever administers a NATS."""
    parser = argparse.ArgumentParser(
        prog="python -m coderai.deploy.bus_rights", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument(
        "--print-conf", action="store_true", required=True, help="print the users of NATS' configuration"
    )
    parser.parse_args()
    print(print_conf(), end="")


if __name__ == "__main__":
    main()
