"""`GET /v1/shadow`: the challenger beside the champion."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from bioweave.scoring.resampling import Interval
from bioweave.service.keys import Scope
from bioweave.service.problems import ProblemError, responses
from bioweave.service.routes.guarding import needs
from bioweave.service.shadow import Agreement, ShadowReport
from bioweave.service.state import state_of

router = APIRouter(prefix="/v1", tags=["models"])


class ModelOfTwo(BaseModel):
    """One of the two models."""

    name: str
    fingerprint: str


class IntervalBody(BaseModel):
    """From the lower to the upper end of 95%, documents drawn with replacement."""

    low: float
    high: float


class AgreementBody(BaseModel):
    """Mentions that both found with the same ends, and those of one alone."""

    documents: int
    both: int
    only_champion: int
    only_challenger: int
    f1: float = Field(description="F1 of one against the other.")
    interval: IntervalBody | None


class ComparisonBody(BaseModel):
    """Strict F1 of both on the documents that a person has corrected since."""

    documents: int
    champion: float
    challenger: float
    ahead: IntervalBody | None = Field(description="What the challenger is ahead by.")


class ShadowBody(BaseModel):
    """What is known of the challenger, over the last documents that both models saw."""

    champion: ModelOfTwo | None = Field(description="None before a document was seen.")
    challenger: ModelOfTwo
    share: float = Field(description="How much of the champion's documents the challenger sees.")
    left_out: int = Field(description="Documents it had no time for, or that were too long.")
    failed: int
    overall: AgreementBody | None
    labels: dict[str, AgreementBody]
    corrected: ComparisonBody | None


@router.get(
    "/shadow",
    summary="A challenger beside the champion",
    dependencies=[needs(Scope.READ)],
    responses=responses(HTTPStatus.NOT_FOUND),
)
async def shadow(request: Request) -> ShadowBody:
    """How far the two find the same, for labels that both find.

    It begins anew with each champion. Without a challenger there is nothing here.
    """
    challenger = state_of(request).shadow
    if challenger is None:
        raise ProblemError(
            HTTPStatus.NOT_FOUND, "there is no challenger; start the service with --shadow BUNDLE"
        )
    report = await asyncio.to_thread(challenger.report)
    two = challenger.challenger
    if report is None:
        return ShadowBody(
            champion=None,
            challenger=ModelOfTwo(name=two.name, fingerprint=two.fingerprint),
            share=challenger.share,
            left_out=0,
            failed=0,
            overall=None,
            labels={},
            corrected=None,
        )
    return _body(report)


def _body(report: ShadowReport) -> ShadowBody:
    corrected = report.corrected
    return ShadowBody(
        champion=ModelOfTwo(name=report.champion, fingerprint=report.champion_fingerprint),
        challenger=ModelOfTwo(name=report.challenger, fingerprint=report.challenger_fingerprint),
        share=report.share,
        left_out=report.n_left_out,
        failed=report.n_failed,
        overall=_agreement(report.overall),
        labels={label: _agreement(one) for label, one in report.by_label.items()},
        corrected=ComparisonBody(
            documents=corrected.n_documents,
            champion=corrected.champion,
            challenger=corrected.challenger,
            ahead=_interval(corrected.ahead),
        ),
    )


def _agreement(one: Agreement) -> AgreementBody:
    return AgreementBody(
        documents=one.n_documents,
        both=one.both,
        only_champion=one.only_champion,
        only_challenger=one.only_challenger,
        f1=one.f1,
        interval=_interval(one.interval),
    )


def _interval(one: Interval | None) -> IntervalBody | None:
    return None if one is None else IntervalBody(low=one.low, high=one.high)
