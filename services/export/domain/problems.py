"""What can be wrong with an export."""

from __future__ import annotations

from coderai.kit.errors import Conflict, InvalidInput, LimitReached, NotFound, TooLarge


class ExportInvalid(InvalidInput):
    """The export's settings have mistakes."""


class ExportNotFound(NotFound):
    """There is no such export in this workspace."""


class JobNotFound(NotFound):
    """There is no such job in this project."""


class NothingToExport(Conflict):
    """The project has no coded documents yet: run a job first."""


class NoJob(NotFound):
    """There is no dataset to export in such a project of this workspace: run a job first."""


class ExportNotReady(Conflict):
    """The export's file is not written yet: try again when its status is COMPLETE."""


class ExportHasFailed(Conflict):
    """The export failed and has no file."""


class ExportCancelled(Conflict):
    """The export was cancelled and has no file: start another one."""


class ExportExpired(Conflict):
    """The export's files were removed: start another export of the dataset as it is now."""


class TooManyExports(LimitReached):
    """The workspace has as many exports that are not written yet as it may: wait until one is, or cancel one."""


class NoSuchBytes(InvalidInput):
    """The file does not have the bytes that are asked for."""


class NoCodebookFile(Conflict):
    """This export has its codebook inside the dataset's file."""


class TooLargeForSheet(TooLarge):
    """The dataset has more rows or columns than an XLSX sheet holds."""


class TooLargeForStatistics(TooLarge):
    """The dataset has more cells than files of SPSS and Stata are made of here, or more columns than they hold."""


class NoSuchFile(NotFound):
    """The export has no file of this name."""
