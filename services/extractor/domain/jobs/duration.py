"""How long a job will take, by the pace of an earlier one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shown:
    """What an earlier job has shown of the time that documents take."""

    pace: float
    """Seconds from one finished document to the next."""
    documents: int
    """Of that job."""
    calls: float
    """Of a document."""

    def seconds_for(self, documents: int, calls: float, at_once: int) -> float:
        """What so many documents take, where `at_once` are coded at a time.

        `calls`: of all of them together; 0 where no model is asked, so that each takes as long as in the earlier job.

        A job of fewer documents than that keeps fewer in hand, so that they follow each other more slowly than in a
        larger one. One worker is assumed where the earlier job was so small; a larger one has shown how many there are.
        """
        if not documents or not self.documents:
            return 0.0
        narrower = min(self.documents, at_once) / min(documents, at_once)
        more_work = calls / documents / self.calls if calls and self.calls else 1.0
        return self.pace * documents * narrower * more_work
