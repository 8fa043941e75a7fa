"""How much longer a sample takes while a huge job is in the queue, of another workspace or of its own."""

from __future__ import annotations

from statistics import median

from benchmarks.line import report
from benchmarks.stage import model_server, prepared, running, signed_in, timed_job
from coderai.client import CoderAI

HUGE, SAMPLE = 10_000, 20


def main() -> None:
    """Prints the measurements."""
    with model_server(1.0) as url, running(url, workers=2, concurrency=16) as (stack, api), signed_in(stack) as other:
        project, others = prepared(api, SAMPLE), prepared(other, SAMPLE)
        alone = _sample(api, project)
        job = api.start_job(prepared(api, HUGE), "FULL", skip_sample=True)
        for name, whose, sampled in (("same", api, project), ("another", other, others)):
            how = f"{SAMPLE} documents, a model that takes 1 s; {HUGE:,} documents of {{}} workspace in the queue"
            beside = _sample(whose, sampled)
            how = f"{how.format('the same' if name == 'same' else 'another')}; {beside:.1f} s, alone {alone:.1f} s"
            report(f"fairness.{name}_workspace", beside / alone, "times as long as alone", how, 2, at_least=False)
        assert api.job(job.id).status == "PROCESSING"


def _sample(api: CoderAI, project_id: str) -> float:
    return median(timed_job(api, project_id, "SAMPLE", SAMPLE) for _ in range(3))


if __name__ == "__main__":
    main()
