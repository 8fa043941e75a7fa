"""How long an event takes from a worker's transaction to a client's hands, while a job runs at full speed."""

from __future__ import annotations

from datetime import UTC, datetime
from statistics import quantiles

from benchmarks.line import report
from benchmarks.stage import model_server, prepared, running


def main() -> None:
    """Prints the measurements."""
    with model_server(1.0) as url, running(url, workers=1, concurrency=32) as (_, api):
        job = api.start_job(prepared(api, 400), "FULL", skip_sample=True)
        delays = [
            (datetime.now(UTC) - update.event.created_at).total_seconds()
            for update in api.watch_job(job.id)
            if update.event
        ]
    how = f"{len(delays)} events of 400 documents, 32 a second; from just before the commit to the client of the stream"
    percentiles = quantiles(delays, n=100)
    report("events.delay_p50", 1000 * percentiles[49], "ms", how)
    report("events.delay_p95", 1000 * percentiles[94], "ms", how, 250, at_least=False)


if __name__ == "__main__":
    main()
