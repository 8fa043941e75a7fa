"""The gateway's settings, read from CODERAI_GATEWAY_<NAME>, else CODERAI_<NAME>."""

from __future__ import annotations

from pydantic import Field

from coderai.kit.settings import Settings


class GatewaySettings(Settings):
    """What the gateway's process needs."""

    database_url: str = Field(repr=False)
    """postgresql://user:password@host:port/database, of the role coderai_gateway."""
    internal_token_key: str = Field(min_length=32, repr=False)
    """The key that signs internal tokens; the same for all services of one installation."""
    token_key: str = Field(min_length=32, repr=False)
    """The key that signs users' access tokens; the gateway's alone, the same for all of its replicas."""
    http: str = "127.0.0.1:8080"
    """host:port of the HTTP API."""
    grpc: str = "127.0.0.1:9090"
    """host:port of the gRPC API."""
    projects_address: str
    ingest_address: str
    extractor_address: str
    copilot_address: str
    export_address: str
    cors_origins: str = ""
    """Origins of web clients that may call the API from a browser, separated by commas; none when empty."""
    log_level: str = "INFO"
    log_format: str = "console"
    """console or json."""
    database_pool: int = 10
    """Most database connections that the process holds."""

    @property
    def addresses(self) -> dict[str, str]:
        """host:port of each service, by its name."""
        return {
            "projects": self.projects_address,
            "ingest": self.ingest_address,
            "extractor": self.extractor_address,
            "copilot": self.copilot_address,
            "export": self.export_address,
        }
