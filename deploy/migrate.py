"""Migrates all services' schemas in one process: reads {service: owner's DSN} as JSON from standard input."""

from __future__ import annotations

import json
import sys

import coderai.kit.garbage  # noqa: F401 - for all that is imported after it
from coderai.kit.migrations import migrate


def main() -> None:
    """Applies each service's migrations; the first error ends it with exit code 1."""
    for service, dsn in json.load(sys.stdin).items():
        migrate(service, dsn)


if __name__ == "__main__":
    main()
