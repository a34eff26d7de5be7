"""`/v1/models`: what is served."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from bioweave.service.keys import Scope
from bioweave.service.routes.guarding import needs
from bioweave.service.served_models import ServedModel
from bioweave.service.state import state_of

router = APIRouter(prefix="/v1", tags=["models"])


class ModelBody(BaseModel):
    """A model that is served."""

    name: str = Field(description="What `model` in a request calls it.")
    title: str = Field(description="What its makers call it.")
    labels: tuple[str, ...] = Field(description="What it finds.")
    linked_labels: tuple[str, ...] = Field(description="What it gives concepts to by itself.")
    fingerprint: str = Field(description="Changes with any of its files.")


class ModelsBody(BaseModel):
    """All models; the first answers where none is named."""

    models: tuple[ModelBody, ...]


@router.get("/models", summary="The models that are served", dependencies=[needs(Scope.READ)])
async def models(request: Request) -> ModelsBody:
    """The first answers requests that name none."""
    return ModelsBody(models=tuple(_body(one) for one in state_of(request).models))


def _body(model: ServedModel) -> ModelBody:
    manifest = model.bundle.manifest
    return ModelBody(
        name=model.name,
        title=manifest.name,
        labels=tuple(manifest.labels),
        linked_labels=model.linked_labels,
        fingerprint=model.fingerprint,
    )
