"""Typed settings read from the environment, with errors that name the variable to set."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from coderai.kit.errors import CoderAIError


class SettingsInvalid(CoderAIError):
    """A setting is absent or has a value that does not fit."""


class Settings(BaseModel):
    """Base of a process's settings: each field is CODERAI_<SERVICE>_<NAME>, else CODERAI_<NAME>, else its default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def from_env(cls, service: str, env: Mapping[str, str] = os.environ) -> Self:
        """Reads the settings of one service.

        Raises:
            SettingsInvalid: a field without a default is absent, or a value does not fit its type.
        """
        values: dict[str, str] = {}
        for name in cls.model_fields:
            for key in (f"CODERAI_{service.upper()}_{name.upper()}", f"CODERAI_{name.upper()}"):
                if key in env:
                    values[name] = env[key]
                    break
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            problems = "; ".join(f"CODERAI_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
            raise SettingsInvalid(f"settings of {service}: {problems}") from None


class ProcessSettings(Settings):
    """What every service's processes need."""

    database_url: str
    """postgresql://user:password@host:port/database, of the service's application role."""
    nats_url: str
    database_pool: int = 10
    """Most database connections that the process holds."""
    internal_token_key: str
    """The key that signs internal tokens, 32 bytes or more; the same for all services of one installation."""
    listen: str = "127.0.0.1:0"
    """host:port of the service's gRPC server."""
    grpc_reflection: bool = False
    """Whether the service's gRPC server tells which methods there are."""
    metrics_listen: str = ""
    """host:port of the Prometheus endpoint; none when empty."""
    log_level: str = "INFO"
    log_format: str = "console"
    """console or json."""
