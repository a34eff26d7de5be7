"""Large uploads: taken whole, annotated bit by bit, their results fetched later."""

from bioweave.service.jobs.files import JobFiles
from bioweave.service.jobs.room import ResultRoom
from bioweave.service.jobs.runner import JobRunner

__all__ = ["JobFiles", "JobRunner", "ResultRoom"]
