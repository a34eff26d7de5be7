"""Which documents of a corpus a run learns from, and which it is measured on."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from bioweave.training.section import Fraction, Section


class FoldChoice(Section):
    """One fold of a cross-validation: `fold = {of = 5, number = 2}`.

    The documents of `train_on` are parted into `of` folds (`corpus.fold_numbers`); the run learns
    from all but fold `number`, which counts from 1, and is measured on that one. The corpus's
    own dev split is then neither measured on nor carved.
    """

    of: Annotated[int, Field(ge=2)] = 5
    number: Annotated[int, Field(ge=1)]
    # Apart from the run's own, so that runs of several seeds have the same folds.
    seed: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _exists(self) -> FoldChoice:
        if self.number > self.of:
            raise ValueError(f"number is {self.number}, and there are only {self.of} folds")
        return self


class CorpusChoice(Section):
    """One corpus of a run and the part it plays."""

    name: str
    # What to learn from; "dev" may join once everything has been chosen.
    train_on: tuple[Literal["train", "dev"], ...] = ("train",)
    # Measured after every epoch; early stopping listens to the mean over these corpora.
    evaluate: bool = True
    # Share of documents taken from train as dev, for corpora that publish no dev split.
    carve: Fraction = 0.1
    fold: FoldChoice | None = None
    # How much to learn from of what could be: a share, or so many documents. Mentions are kept in
    # proportion, and the 5% of a `sample_seed` lie within its 25% (`corpus.take_portion`).
    share: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    documents: Annotated[int, Field(gt=0)] | None = None
    sample_seed: Annotated[int, Field(ge=0)] = 0
    # How often its windows are seen per epoch, relative to once each.
    weight: Annotated[float, Field(gt=0.0)] = 1.0
    # The same for windows without any mention, relative to the others: full text is mostly those.
    unmarked_weight: Annotated[float, Field(ge=0.0, le=1.0)] = 1.0

    @model_validator(mode="after")
    def _one_size(self) -> CorpusChoice:
        if self.documents is not None and self.share != 1.0:
            raise ValueError("share and documents both say how much to learn from: choose one")
        return self
