"""What is made beside a run's own documents; see docs/augmentation.md for what each method does.

A method is used where its table stands in the recipe: `[augmentation.words]`, for instance.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from bioweave.corpus.augmentation import CaseForm, CaseUnit
from bioweave.training.section import Probability, Section


class Method(Section):
    """A method that makes changed copies of each document; none, where `copies` is 0."""

    copies: Annotated[int, Field(ge=0)] = 1
    # Of each name, word, segment, unit or letter to be changed. The paper tries 0.1 to 0.7.
    probability: Probability = 0.3


class MentionMethod(Method):
    """Names replaced by others of their label."""

    probability: Probability = 0.5


class CaseMethod(Method):
    """Mentions or sentences in other cases."""

    unit: CaseUnit = "mentions"
    forms: Annotated[tuple[CaseForm, ...], Field(min_length=1)] = ("upper", "lower", "title")


class GreekMethod(Method):
    """Greek letters spelled out, and their names as letters."""

    probability: Probability = 0.5


class TemplateMethod(Section):
    """Sentences made from templates, filled with names."""

    # For each document of the corpus that is learned from.
    per_document: Annotated[float, Field(ge=0.0)] = 1.0
    # A text file of templates, or templates themselves, instead of those of the package.
    file: Path | None = None
    lines: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_source(self) -> TemplateMethod:
        if self.file is not None and self.lines:
            raise ValueError("templates stand in a file or in lines: choose one")
        return self


class NameChoice(Section):
    """Whose names replace mentions and fill templates: by default the corpus's own mentions."""

    # A compiled lexicon, for the labels that it has.
    lexicon: Path | None = None
    # A text file of names, one a line, for each label; goes before the lexicon.
    files: dict[str, Path] = Field(default_factory=dict)


class AugmentationChoice(Section):
    """What is made of each corpus's documents that are learned from; never of what is measured."""

    names: NameChoice = NameChoice()
    mentions: MentionMethod | None = None
    words: Method | None = None
    shuffling: Method | None = None
    case: CaseMethod | None = None
    greek: GreekMethod | None = None
    templates: TemplateMethod | None = None
    # Whether an epoch has more steps for it. If not, it sees as many windows as without, drawn of
    # the published and the made ones alike: what is compared then differs by nothing else.
    grows_epochs: bool = True

    @property
    def is_on(self) -> bool:
        """Whether anything is made at all."""
        methods = (self.mentions, self.words, self.shuffling, self.case, self.greek)
        has_copies = any(method is not None and method.copies for method in methods)
        return has_copies or (self.templates is not None and self.templates.per_document > 0)
