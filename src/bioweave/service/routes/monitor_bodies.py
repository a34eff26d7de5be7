"""How the service does, as it is answered."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field


class MomentsBody(BaseModel):
    """The last minutes, a value for each evaluation; rates are by the second."""

    time: list[datetime]
    requests: list[float]
    errors: list[float] = Field(description="Requests answered with 5xx.")
    documents: list[float]
    words: list[float]
    median: list[float | None] = Field(description="Of a request's seconds; null without one.")
    p95: list[float | None]
    waiting_characters: list[int]


class SignalBody(BaseModel):
    """One thing that is watched, as shares of the bins, beside the reference's."""

    name: str
    title: str
    bins: list[str]
    reference: list[float]
    seen: list[float]
    psi: float | None = Field(description="Population stability index, as the formula has it.")
    psi_noise: float | None = Field(description="What chance alone makes of it on average.")
    psi_excess: float | None = Field(description="What is left without the noise.")
    psi_ceiling: float | None = Field(description="What chance passes once in 1,000 times.")
    js: float | None = Field(description="Jensen-Shannon distance, in bits, from 0 to 1.")
    js_excess: float | None
    level: str = Field(description="unknown, stable, warning or alert.")


class ReferenceBody(BaseModel):
    """What documents are compared with."""

    source: str
    documents: int
    origin: str = Field(description="bundle, or traffic: learned here.")


class EstimateBody(BaseModel):
    """A ratio with its 95% interval."""

    value: float
    low: float
    high: float


class LabelQualityBody(BaseModel):
    """Strict figures of one label, or of all."""

    label: str
    precision: EstimateBody | None
    recall: EstimateBody | None
    f1: EstimateBody | None
    support: int


class QualityBody(BaseModel):
    """By what people corrected; the first is all labels together."""

    documents: int
    labels: list[LabelQualityBody]


class MonitoredModelBody(BaseModel):
    """A served model."""

    name: str
    title: str
    fingerprint: str
    documents: int = Field(description="In the window that drift is told of.")
    least_documents: int = Field(description="So many are needed to tell.")
    reference: ReferenceBody | None = Field(description="None while it is learned.")
    learned: int
    to_learn: int
    signals: list[SignalBody]
    quality: QualityBody | None = Field(description="Of the documents that were corrected last.")
    quality_of_days: QualityBody | None


class AlertBody(BaseModel):
    """An alert, whether or not it fires."""

    alert: str
    model: str
    state: str = Field(description="quiet, pending or firing.")
    since: datetime
    value: float | None
    mark: float
    summary: str


class MarksBody(BaseModel):
    """From where on something is an alert."""

    drift_warning: float
    drift_alert: float
    js_warning: float
    js_alert: float
    quality_floor: float
    quality_days: float
    least_corrected: int


class MonitorBody(BaseModel):
    """How the service did when it was last judged."""

    time: datetime
    seconds: float = Field(description="From one evaluation to the next.")
    moments: MomentsBody
    models: list[MonitoredModelBody]
    alerts: list[AlertBody]
    marks: MarksBody
