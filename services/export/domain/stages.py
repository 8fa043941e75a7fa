"""How far an export is, as the thread that writes it tells, and whether it is to go on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from coderai.services.export.domain.coded import Document

_MOST = 99.0


class Stopped(Exception):
    """The export is not wanted any more: what writes it ends here."""


class Stages:
    """From 0 to 100, over stages that each go through the documents a number of times.

    One thread works and tells; another one may read `percent`, and may `stop` it.
    """

    def __init__(self) -> None:
        self._number = 0
        self._before = 0.0
        self._share = 0.0
        self._passes = 1
        # Passes that have ended, and documents of how many in the one under way: one value, read while it is changed.
        self._at = (0, 0, 0)
        self._is_stopped = False

    @property
    def percent(self) -> float:
        """How much is done: less than all until the export is complete, as its last file is still to be stored."""
        passed, done, of = self._at
        part = (passed + (done / of if of else 0.0)) / self._passes
        return min(self._before + self._share * min(part, 1.0), _MOST)

    def begin(self, share: float, passes: int = 1) -> None:
        """Begins a stage, as the one before has ended: `share` percent of the whole, in so many passes."""
        self._number += 1
        self._before, self._share = self._before + self._share, share
        self._passes, self._at = passes, (0, 0, 0)

    def stop(self) -> None:
        """Has the work end where it next tells how far it is."""
        self._is_stopped = True

    def told(self, done: int, of: int) -> None:
        """Takes how many of how many are done in this pass; fewer than the last time means that another pass began.

        Raises:
            Stopped
        """
        if self._is_stopped:
            raise Stopped()
        passed, before, _ = self._at
        self._at = (passed + (done < before), done, of)

    def counted(self, documents: Callable[[], Iterable[Document]], of: int) -> Callable[[], Iterator[Document]]:
        """The same documents, of which there are `of`, told as they are read, while the stage lasts that has begun."""
        number = self._number

        def read() -> Iterator[Document]:
            for done, document in enumerate(documents(), start=1):
                if self._number == number:
                    self.told(done, of)
                yield document

        return read
