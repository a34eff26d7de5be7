"""A warning of rules for labels that a model does not find."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path

from bioweave.annotator.rule_files import labels_given


def warn_of_unknown_labels(rules: Path, known: Collection[str]) -> None:
    """Say on standard error which labels of a file of rules are unknown, one line a label.

    Raises ConfigurationError for what is wrong in the file.
    """
    for label, names in labels_given(rules).items():
        if label not in known:
            rules_for_it = "the rule %s is" if len(names) == 1 else "the rules %s are"
            print(
                f"warning: {rules}: the model does not find {label}, which "
                f"{rules_for_it % ', '.join(map(repr, names))} for; its labels are "
                f"{', '.join(known)}",
                file=sys.stderr,
            )
