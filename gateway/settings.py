"""The gateway's settings, read from CODERAI_GATEWAY_<NAME>, else CODERAI_<NAME>."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from coderai.gateway.accounts.mail import must_be_mail_url
from coderai.gateway.accounts.registration import Registration
from coderai.gateway.addresses import Addresses
from coderai.gateway.origins import must_be_origin
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
    hosts: str = ""
    """Names by which the installation is reached, separated by commas; others are refused. All when empty."""
    trusted_proxies: str = ""
    """Addresses or networks whose X-Forwarded-For is believed, separated by commas; none when empty."""
    behind_tls: bool = False
    """Whether the API is reached by https alone: browsers are told never to use http then (HSTS)."""
    requests_per_minute_of_address: int = Field(12_000, gt=0)
    requests_per_minute_of_caller: int = Field(6_000, gt=0)
    """Over all gateways together; half a minute's may come at once."""
    connections: int = Field(2_000, gt=0)
    """HTTP connections of one gateway, and as many gRPC connections."""
    connections_of_address: int = Field(200, gt=0)
    """HTTP connections, and gRPC calls at a time, of one address at one gateway."""
    patience_seconds: float = Field(15.0, gt=0)
    """How long the head of a request may take, the next 16 KiB of its body, or the message of a gRPC call."""
    streams_of_caller: int = Field(100, gt=0)
    """Event streams and gRPC calls that a user may have open at a time at one gateway."""
    metrics_listen: str = ""
    """host:port of the Prometheus endpoint; none when empty."""
    grpc_reflection: bool = False
    """Whether the gRPC server tells which methods there are."""
    cors_origins: str = ""
    """Origins of web clients that may call the API from a browser, separated by commas, each exactly as browsers write
    it: https://app.example.org; none when empty."""
    registration: Registration | Literal[""] = ""
    """Who may register: OPEN, INVITATION, CLOSED. If absent, OPEN on loopback without a proxy before it,
    else INVITATION."""
    session_idle_days: float = Field(7.0, gt=0)
    """How long a browser stays signed in without being used."""
    session_days: float = Field(30.0, gt=0)
    """How long a browser stays signed in at most."""
    public_url: str = ""
    """Where people reach this installation, for the links in mails and invitations; else `http`."""
    mail_url: Annotated[str, AfterValidator(must_be_mail_url)] = Field("", repr=False)
    """smtp://user:password@host:587 (STARTTLS), smtps:// or, without TLS, smtp+plain://; no mail is sent when empty."""
    mail_from: str = Field("", validate_default=True)
    """The address that mail comes from."""
    log_level: str = "INFO"
    log_format: str = "console"
    """console or json."""
    database_pool: int = 10
    """Most database connections that the process holds."""

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        Addresses(listed(text))
        return text

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, text: str) -> str:
        for origin in listed(text):
            must_be_origin(origin)
        return text

    @field_validator("mail_from")
    @classmethod
    def _mail_has_a_sender(cls, sender: str, others: ValidationInfo) -> str:
        if others.data.get("mail_url") and "@" not in sender:
            raise ValueError("name the address that mail comes from, where a mail URL is set")
        return sender

    @property
    def is_ours_alone(self) -> bool:
        """Whether only this machine reaches the API: it listens on loopback, without a proxy before it."""
        is_reached_from_outside = self.trusted_proxies or self.behind_tls
        return _is_loopback(self.http.rpartition(":")[0]) and not is_reached_from_outside

    @property
    def who_registers(self) -> Registration:
        """Strangers may make accounts only where none can reach the API, or the operator says so."""
        if self.registration:
            return Registration(self.registration)
        return Registration.OPEN if self.is_ours_alone else Registration.INVITATION

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


def listed(text: str) -> list[str]:
    """What a setting lists, separated by commas."""
    return [each.strip() for each in text.split(",") if each.strip()]


def _is_loopback(host: str) -> bool:
    if host in ("", "localhost"):  # no host is 127.0.0.1, too
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
