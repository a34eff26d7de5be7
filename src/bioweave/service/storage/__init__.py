"""What outlives the process: jobs, in SQLite by itself or in PostgreSQL."""

from bioweave.service.storage.database import Database
from bioweave.service.storage.jobs import Job, JobState, JobStore

__all__ = ["Database", "Job", "JobState", "JobStore"]
