"""What a service is told when it starts."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from bioweave.home import home

_JOB_UPLOAD_SECONDS = 3600.0


class Limits(BaseModel):
    """How much one request, and all that wait together, may ask for.

    `body_bytes` counts after unpacking, `line_bytes` a line of a stream or of a job.
    `waiting_characters` is the text of all requests that are accepted and not yet answered: beyond
    it a request is answered 429. `seconds` is the longest that a request may take from its last
    byte read to its answer, `upload_seconds` the longest that its body may take to arrive.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    body_bytes: int = Field(default=32 * 2**20, ge=1)
    line_bytes: int = Field(default=4 * 2**20, ge=1)
    waiting_characters: int = Field(default=4_000_000, ge=1)
    seconds: float = Field(default=120.0, gt=0)
    upload_seconds: float = Field(default=60.0, gt=0)


class ServiceSettings(BaseModel):
    """What a service serves, and within which bounds.

    The first of `models` answers requests that name none. `threads` is how many batches are
    annotated side by side, by default as many as there are processors. It answers to the names in
    `hosts` alone, or to any if * is among them. Jobs and, without a
    `database` (a URL of SQLAlchemy's), an SQLite file lie in the folder `data`, by default in
    `BIOWEAVE_HOME`. An upload may have `job_bytes`, and its result is kept for `job_hours`;
    a job whose worker says nothing for `job_lease_seconds` goes to another.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    models: tuple[str, ...] = Field(default=("default",), min_length=1)
    lexicon: Path | str | None = None
    rules: Path | None = None
    threads: int | None = Field(default=None, ge=1)
    limits: Limits = Limits()
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    data: Path | None = None
    database: str | None = None
    job_bytes: int = Field(default=2 * 2**30, ge=1)
    job_hours: float = Field(default=24.0, gt=0)
    job_lease_seconds: float = Field(default=15.0, gt=0)

    @property
    def data_folder(self) -> Path:
        """Where what outlives the process is kept."""
        return self.data or home() / "service"

    @property
    def database_url(self) -> str:
        """The database's URL, as SQLAlchemy wants it."""
        return self.database or f"sqlite:///{self.data_folder / 'service.sqlite'}"

    @property
    def job_limits(self) -> Limits:
        """The limits of an upload that becomes a job."""
        return self.limits.model_copy(
            update={"body_bytes": self.job_bytes, "upload_seconds": _JOB_UPLOAD_SECONDS}
        )
