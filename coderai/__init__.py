"""The installed package: `from coderai import CoderAI` is its public surface, and its rooms stand beside this file.

In a checkout the rooms are links to the top-level folders, so that `coderai.kit` is `kit/`; `make` generates here the
code of the contracts (`coderai.<service>.v1`). A wheel holds the same names as plain folders.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coderai.client import *  # noqa: F403
    from coderai.client import __all__ as __all__


def __getattr__(name: str) -> Any:
    """A name of the client, which is imported when it is first asked for: no service needs it."""
    client = import_module("coderai.client")
    if name in ("__all__", *client.__all__):
        return getattr(client, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
