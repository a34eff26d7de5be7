"""Chosen thresholds as the TOML that a recipe holds."""

from __future__ import annotations

from collections.abc import Mapping


def thresholds_toml(
    thresholds: Mapping[str, Mapping[str, float]],
    lexicon_thresholds: Mapping[str, Mapping[str, Mapping[str, float]]],
) -> str:
    """The tables `thresholds` and `lexicon_thresholds` of a recipe.

    >>> print(thresholds_toml({"recall": {"Disease": 0.2}}, {}))
    [thresholds.recall]
    Disease = 0.2
    """
    parts = []
    for mode, by_label in thresholds.items():
        lines = [f"{_key(label)} = {value}" for label, value in by_label.items()]
        parts.append("\n".join([f"[thresholds.{mode}]", *lines]))
    for mode, by_label_and_known in lexicon_thresholds.items():
        lines = [
            f"{_key(label)} = {{ known = {one['known']}, unknown = {one['unknown']} }}"
            for label, one in by_label_and_known.items()
        ]
        parts.append("\n".join([f"[lexicon_thresholds.{mode}]", *lines]))
    return "\n\n".join(parts)


def _key(label: str) -> str:
    is_bare = label.isascii() and label.replace("-", "").replace("_", "").isalnum()
    return label if is_bare else '"' + label.replace("\\", "\\\\").replace('"', '\\"') + '"'
