"""The OpenAPI description, with what only the running service knows."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from bioweave.service.admission.description import describe_admission
from bioweave.service.problems import MEDIA_TYPE, ProblemBody
from bioweave.service.served_models import ServedModels


def complete_description(application: FastAPI, models: ServedModels, *, needs_keys: bool) -> None:
    """Say which models and labels there are, who may ask, and that every problem has one shape.

    Call it once all routes are there: what comes later is not described.
    """
    described = application.openapi()
    schemas = described.setdefault("components", {}).setdefault("schemas", {})
    schemas["ProblemBody"] = ProblemBody.model_json_schema()
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    if not needs_keys:
        described["components"].pop("securitySchemes", None)
    for path in described["paths"].values():
        for operation in path.values():
            if "security" in operation:
                describe_admission(operation, needs_keys=needs_keys)
            _one_kind_of_problem(operation["responses"])
            for parameter in operation.get("parameters", ()):
                _narrow(parameter, models)


def _one_kind_of_problem(responses: dict[str, Any]) -> None:
    problem = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}}
    for status, response in responses.items():
        if status >= "400":
            response["content"] = problem


def _narrow(parameter: dict[str, Any], models: ServedModels) -> None:
    """Put the values that are there in the place of any string."""
    if parameter["in"] != "query":
        return
    if parameter["name"] == "model":
        parameter["schema"] = {"type": "string", "enum": [model.name for model in models]}
    elif parameter["name"] == "labels":
        # All models have to know a label for it to be right whichever is asked.
        known = [set(model.bundle.manifest.labels) for model in models]
        one = "|".join(sorted(set.intersection(*known)))
        parameter["schema"] = {"type": "string", "pattern": f"^({one})(,({one}))*$"}
