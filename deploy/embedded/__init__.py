"""Real servers from PyPI wheels, on 127.0.0.1, with their data in a folder: no Docker, no installation."""

from coderai.deploy.embedded.nats import EmbeddedNats
from coderai.deploy.embedded.postgres import EmbeddedPostgres

__all__ = ["EmbeddedNats", "EmbeddedPostgres"]
