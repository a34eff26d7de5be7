"""The names of `explain --method`, as an option that is given several times has to have them."""

from __future__ import annotations

from enum import StrEnum


class MethodChoice(StrEnum):
    """A method of explanation, as `bioweave.explanation.methods` names it."""

    SHAP = "shap"
    LIME = "lime"
    OCCLUSION = "occlusion"
    GRADIENTS = "gradients"
