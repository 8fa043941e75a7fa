"""What can go wrong for a caller of the API, each with what to do about it."""

from __future__ import annotations

import httpx

FieldErrors = dict[str, str]


class ClientError(Exception):
    """Base of this package's errors; its text says what is wrong and what to do."""


class UsageError(ClientError):
    """What was asked for makes no sense as it stands; nothing was started."""


class ApiError(ClientError):
    """The API refused a request (RFC 9457 problem details)."""

    def __init__(
        self, status: int, code: str, detail: str, errors: FieldErrors, correlation_id: str, trace_id: str = ""
    ) -> None:
        """`status` is the HTTP status; `errors` says per field of the request what is wrong with it.

        The ids find the request in the installation's logs and traces; empty when it did not tell them.
        """
        fields = "".join(f"\n  {field}: {text}" for field, text in errors.items() if text not in detail)
        super().__init__(f"{detail}{fields}")
        self.status, self.code, self.detail, self.errors = status, code, detail, errors
        self.correlation_id, self.trace_id = correlation_id, trace_id

    @classmethod
    def from_response(cls, response: httpx.Response) -> ApiError:
        """Reads a response that is not 2xx; something else than a problem (a proxy's page) keeps its first line."""
        try:
            problem = response.json()
        except ValueError:
            problem = {}
        if not isinstance(problem, dict):
            problem = {}
        first_line = response.text.strip().split("\n")[0][:200]
        detail = problem.get("detail") or problem.get("title") or first_line or response.reason_phrase
        errors = {error["field"]: error["detail"] for error in problem.get("errors", ())}
        correlation_id = problem.get("correlation_id") or response.headers.get("x-correlation-id", "")
        trace_id = problem.get("trace_id") or response.headers.get("x-trace-id", "")
        return cls(response.status_code, problem.get("code", ""), str(detail), errors, correlation_id, trace_id)


class ConnectionFailed(ClientError):
    """Nothing answers at the URL, or the connection broke and could not be made again."""


class WaitedTooLong(ClientError):
    """What was waited for did not happen within the time that the caller allowed."""


class ExportFailed(ClientError):
    """The dataset's file could not be written."""


class ExportExpired(ExportFailed):
    """The dataset's file was there, and is removed by now: export again."""


class ReplyFailed(ClientError):
    """The co-pilot's reply broke off, or there is none; it says why."""
