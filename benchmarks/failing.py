"""What becomes of a job when 30 % of its calls fail: the documents that are done, and the calls that took."""

from __future__ import annotations

import json
import time
from urllib.request import urlopen

from benchmarks.line import report
from benchmarks.stage import model_server, prepared, running

DOCUMENTS, RATE = 300, 0.3


def main() -> None:
    """Prints the measurements."""
    with model_server(0.3, RATE) as url, running(url, 2, 16, LLM_TIMEOUT_SECONDS=3) as (_, api):
        started = time.monotonic()
        job = api.start_job(prepared(api, DOCUMENTS), "FULL", skip_sample=True)
        for _ in api.watch_job(job.id):
            pass
        wall, done = time.monotonic() - started, api.job(job.id)
        with urlopen(f"{url.removesuffix('/v1')}/stats") as stats:
            calls = json.load(stats)["requests"]
    how = f"{DOCUMENTS} documents, 30 % of calls meet 429, 500, no answer (3 s) or broken JSON; {wall:.0f} s"
    coded = done.documents_processed - done.documents_failed
    report("failing.documents_done", coded / DOCUMENTS, "of the documents", f"{how}; job {done.status}", 1.0)
    report("failing.calls", calls / DOCUMENTS, f"calls a call needed; {1 / (1 - RATE):.2f} expected", how)


if __name__ == "__main__":
    main()
