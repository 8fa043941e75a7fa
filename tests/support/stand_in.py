"""A small process that stands in for one of CoderAI's: runs until SIGTERM, and as the gateway says that all is well."""

from __future__ import annotations

import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class _Ready(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health/ready" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def main() -> None:
    """Behaves as its name (the first argument) says: crasher, deaf, gateway, or anything else."""
    name = sys.argv[1]
    signal.signal(signal.SIGTERM, signal.SIG_IGN if name == "deaf" else lambda *_: os._exit(0))
    if name == "deaf":
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if name == "crasher":
        sys.exit("the crasher has no wish to run")
    sys.stdout.write(f"{name} runs, told of {' '.join(sorted(os.environ))}\n")
    sys.stdout.flush()
    if name == "gateway":
        host, _, port = os.environ["CODERAI_GATEWAY_HTTP"].rpartition(":")
        HTTPServer((host, int(port)), _Ready).serve_forever()
    while True:
        signal.pause()


if __name__ == "__main__":
    main()
