"""What outlives the process: jobs, keys and corrections, in SQLite by itself or in PostgreSQL."""

from bioweave.service.storage.database import Database
from bioweave.service.storage.feedback import CorrectedDocument, Feedback, FeedbackStore
from bioweave.service.storage.job_counts import Backlog, JobCounts, Usage
from bioweave.service.storage.jobs import Job, JobState, JobStore
from bioweave.service.storage.keys import Key, KeyStore
from bioweave.service.storage.served import ServedBundle, ServedStore
from bioweave.service.storage.threads import StorageThreads

__all__ = [
    "Backlog",
    "CorrectedDocument",
    "Database",
    "Feedback",
    "FeedbackStore",
    "Job",
    "JobCounts",
    "JobState",
    "JobStore",
    "Key",
    "KeyStore",
    "ServedBundle",
    "ServedStore",
    "StorageThreads",
    "Usage",
]
