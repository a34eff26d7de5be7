"""What a service is told when it starts."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from bioweave.home import home

# Of a key, in a minute. The text is about half of what two processors annotate: one key alone
# cannot keep out all others.
_KEYED_REQUESTS = 600
_KEYED_CHARACTERS = 6_000_000
# What a machine calls itself: no page elsewhere can take these names for its own.
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")
_JOB_UPLOAD_SECONDS = 3600.0


class Limits(BaseModel):
    """How much one request, and all that wait together, may ask for.

    `body_bytes` counts after unpacking, `line_bytes` a line of a stream or of a job.
    `waiting_characters` is the text of all requests that are accepted and not yet answered: beyond
    it a request is answered 429, and so it is where the bodies that arrive at the same time have
    more than `arriving_bytes`. `seconds` is the longest that a request may take from its last
    byte read to its answer, `upload_seconds` the longest that its body may take to arrive.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    body_bytes: int = Field(default=32 * 2**20, ge=1)
    line_bytes: int = Field(default=4 * 2**20, ge=1)
    waiting_characters: int = Field(default=4_000_000, ge=1)
    arriving_bytes: int = Field(default=128 * 2**20, ge=1)
    seconds: float = Field(default=120.0, gt=0)
    upload_seconds: float = Field(default=60.0, gt=0)


class ConnectionLimits(BaseModel):
    """How many connections there may be, and how long one may keep the service waiting.

    One address has no more of the `connections` than are left for all others. A request's headers
    have `header_seconds` from the connection's beginning or the last answer's end; an answer of
    which nothing is taken for `answer_seconds` breaks off. Each has a file descriptor, of which a
    process is often given 1,024.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    connections: int = Field(default=400, ge=2)
    header_seconds: float = Field(default=10.0, gt=0)
    answer_seconds: float = Field(default=60.0, gt=0)


class JobQuota(BaseModel):
    """How many jobs may wait or run, and how much of the disk jobs may take.

    `bytes` are those of uploads that are not annotated yet and of results that are kept; for a
    result that is not there yet room is kept as for `result_ratio` times its upload. One may have
    `result_bytes`. `free_bytes` of the disk are left alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    jobs: int = Field(default=1_000, ge=1)
    jobs_per_key: int = Field(default=50, ge=1)
    bytes: int = Field(default=40 * 2**30, ge=1)
    bytes_per_key: int = Field(default=8 * 2**30, ge=1)
    result_bytes: int = Field(default=8 * 2**30, ge=1)
    # With links, a line of an abstract's answer is some three times as long as its text.
    result_ratio: float = Field(default=3.0, ge=0)
    free_bytes: int = Field(default=512 * 2**20, ge=0)


class MonitoringSettings(BaseModel):
    """How the service is watched.

    Every `seconds` everything is judged anew. Drift is that of the last `drift_documents`
    documents of the last `drift_hours`, at least `least_documents` of them, against the
    `reference`: the bundle's, or the first `learned_documents` of the service's own traffic where
    the bundle has none or `traffic` is asked for. `drift_warning` and `drift_alert` are marks of
    the population stability index. Quality is that of the last `quality_documents` corrected
    documents, at least `least_corrected` of them, and beside it of the last `quality_days`; it is
    an alert once F1 is surely below `quality_floor`. An alert fires after `fire_after`
    evaluations that call for it and ends after `resolve_after` that do not; `alert_webhook` hears
    of both, signed with what is in the file `alert_secret`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seconds: float = Field(default=5.0, gt=0)
    reference: Literal["bundle", "traffic"] = "bundle"
    learned_documents: int = Field(default=500, ge=2)
    drift_documents: int = Field(default=500, ge=1)
    drift_hours: float = Field(default=24.0, gt=0)
    least_documents: int = Field(default=100, ge=1)
    drift_warning: float = Field(default=0.1, gt=0)
    drift_alert: float = Field(default=0.25, gt=0)
    quality_documents: int = Field(default=200, ge=1)
    quality_days: float = Field(default=7.0, gt=0)
    least_corrected: int = Field(default=20, ge=1)
    quality_floor: float = Field(default=0.7, ge=0, le=1)
    fire_after: int = Field(default=3, ge=1)
    resolve_after: int = Field(default=3, ge=1)
    alert_webhook: str | None = None
    alert_secret: Path | None = None


class ServiceSettings(BaseModel):
    """What a service serves, and within which bounds.

    The first of `models` answers requests that name none. `threads` is how many batches are
    annotated side by side, by default as many as there are processors. It answers to the names in
    `hosts` alone, or to any if * is among them. Jobs and, without a
    `database` (a URL of SQLAlchemy's), an SQLite file lie in the folder `data`, by default in
    `BIOWEAVE_HOME`. An upload may have `job_bytes`, and its result is kept for `job_hours`, or for
    `job_fetched_hours` once it was fetched; a job whose worker says nothing for `job_lease_seconds`
    goes to another. Every `watch_seconds` it looks whether there is another bundle under a model's
    name. A `shadow` bundle sees a `shadow_share` of the documents that the first model annotates,
    and answers nobody. With `needs_keys` it answers the holders of keys alone. Each key or, where
    nobody needs one, each address may ask for so many requests and characters a minute, 0 being no
    limit, and at once after a rest: by default for those above with keys, and without limit where
    nobody needs one; beyond `wrong_keys_per_minute` from one address no key is looked up.
    Corrections are kept for `feedback_days`, with their text only where it may `store_text`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    models: tuple[str, ...] = Field(default=("default",), min_length=1)
    lexicon: Path | str | None = None
    rules: Path | None = None
    threads: int | None = Field(default=None, ge=1)
    limits: Limits = Limits()
    connection_limits: ConnectionLimits = ConnectionLimits()
    hosts: tuple[str, ...] = LOOPBACK_NAMES
    data: Path | None = None
    database: str | None = None
    job_bytes: int = Field(default=2 * 2**30, ge=1)
    job_hours: float = Field(default=24.0, gt=0)
    job_lease_seconds: float = Field(default=15.0, gt=0)
    watch_seconds: float = Field(default=2.0, gt=0)
    shadow: str | None = None
    shadow_share: float = Field(default=0.1, gt=0, le=1)
    needs_keys: bool = False
    requests_per_minute: int | None = Field(default=None, ge=0)
    characters_per_minute: int | None = Field(default=None, ge=0)
    wrong_keys_per_minute: int = Field(default=20, ge=1)
    job_quota: JobQuota = JobQuota()
    job_fetched_hours: float = Field(default=1.0, gt=0)
    monitoring: MonitoringSettings = MonitoringSettings()
    store_text: bool = False
    feedback_days: float = Field(default=90.0, gt=0)

    @property
    def data_folder(self) -> Path:
        """Where what outlives the process is kept."""
        return self.data or home() / "service"

    @property
    def database_url(self) -> str:
        """The database's URL, as SQLAlchemy wants it."""
        return self.database or f"sqlite:///{self.data_folder / 'service.sqlite'}"

    @property
    def client_rates(self) -> tuple[int | None, int | None]:
        """Requests and characters a minute that one client may ask for; None is no limit."""
        n_requests, n_characters = self.requests_per_minute, self.characters_per_minute
        if n_requests is None and self.needs_keys:
            n_requests = _KEYED_REQUESTS
        if n_characters is None and self.needs_keys:
            n_characters = _KEYED_CHARACTERS
        return n_requests or None, n_characters or None

    @property
    def job_limits(self) -> Limits:
        """The limits of an upload that becomes a job."""
        return self.limits.model_copy(
            update={"body_bytes": self.job_bytes, "upload_seconds": _JOB_UPLOAD_SECONDS}
        )
