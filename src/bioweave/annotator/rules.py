"""Rules that change or drop mentions by what they say, one class for each kind of rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from bioweave.annotator.brackets import paired
from bioweave.bundle import ModeName
from bioweave.document import Span

# Whether a text is a name of a label.
Names: TypeAlias = Callable[[str, str], bool]


def _checked_pattern(pattern: str) -> str:
    if not pattern:
        raise ValueError("an empty pattern matches nothing; say what it is to match")
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return pattern


Pattern = Annotated[str, AfterValidator(_checked_pattern)]


class _Rule(BaseModel):
    """What every rule says of itself; `labels` that are left out are all of them.

    `effect` is for people: what the rule did to the scores on a dev split.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1)]
    description: str = ""
    enabled: bool = True
    modes: tuple[ModeName, ...] = ("precision", "balanced", "recall")
    labels: tuple[str, ...] = ()
    effect: str = ""

    def concerns(self, mode: str, label: str) -> bool:
        """Whether the rule is on, in this mode and for this label."""
        return self.enabled and mode in self.modes and (not self.labels or label in self.labels)

    def keeps(self, mention: str) -> bool:
        """Whether a mention with this text stays, however unsure the tagger is of it."""
        return False

    def apply(self, text: str, extent: Span) -> Span | None:
        """What becomes of a mention in a document's text; None where it is dropped."""
        return extent


class BracketsRule(_Rule):
    """Mentions with a bracket that has no partner within them.

    `repair` leaves such a bracket at the mention's edge out, or takes in its partner where that
    stands right beside the mention; what is left, and everything for `drop`, is dropped.
    """

    kind: Literal["brackets"]
    action: Literal["repair", "drop"] = "repair"

    def apply(self, text: str, extent: Span) -> Span | None:
        """The mention with its brackets in pairs, or None."""
        return paired(text, extent, can_repair=self.action == "repair")


class TrimRule(_Rule):
    """Cuts off what matches at a mention's edges; a mention that is all cut off is dropped.

    Mentions that a lexicon knows as they are stay whole.
    """

    kind: Literal["trim"]
    start: Pattern | None = None
    end: Pattern | None = None
    ignore_case: bool = True

    @model_validator(mode="after")
    def _cuts_something(self) -> Self:
        if self.start is None and self.end is None:
            raise ValueError("it cuts off nothing; give start, end, or both")
        return self

    @cached_property
    def _edges(self) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
        flags = re.IGNORECASE if self.ignore_case else 0
        start = re.compile(rf"(?:{self.start})+", flags) if self.start else None
        end = re.compile(rf"(?:{self.end})+\Z", flags) if self.end else None
        return start, end

    def apply(self, text: str, extent: Span) -> Span | None:
        """The mention without its edges, or None."""
        start, end = extent
        first, last = self._edges
        mention = text[start:end]
        if first is not None and (found := first.match(mention)):
            start += found.end()
        if last is not None and (found := last.search(mention)):
            end = extent.start + found.start()
        return Span(start, end) if start < end else None


class _PatternRule(_Rule):
    pattern: Pattern
    ignore_case: bool = True

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.IGNORECASE if self.ignore_case else 0)

    def _is_met(self, mention: str) -> bool:
        return self._compiled.fullmatch(mention) is not None


class DropRule(_PatternRule):
    """Drops mentions whose whole text matches."""

    kind: Literal["drop"]

    def apply(self, text: str, extent: Span) -> Span | None:
        """The mention, or None where it matches."""
        return None if self._is_met(text[slice(*extent)]) else extent


class KeepRule(_PatternRule):
    """Keeps mentions whose whole text matches: no threshold and no other rule touches them."""

    kind: Literal["keep"]

    def keeps(self, mention: str) -> bool:
        """Whether it matches."""
        return self._is_met(mention)


class NeverRule(_Rule):
    """Drops mentions that are one of some words, whatever their case."""

    kind: Literal["never"]
    words: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]

    @cached_property
    def _folded(self) -> frozenset[str]:
        return frozenset(word.casefold() for word in self.words)

    def apply(self, text: str, extent: Span) -> Span | None:
        """The mention, or None where it is one of the words."""
        return None if text[slice(*extent)].casefold() in self._folded else extent


Rule: TypeAlias = Annotated[
    BracketsRule | TrimRule | DropRule | KeepRule | NeverRule, Field(discriminator="kind")
]


class RulesOfMode:
    """The rules that are on in one mode, by label.

    >>> rule = NeverRule(name="no-pain", kind="never", words=("pain",))
    >>> rules = RulesOfMode((rule,), "balanced", ["Disease"])
    >>> rules.apply("Chest pain", "Disease", Span(6, 10)) is None
    True
    """

    def __init__(self, rules: Iterable[Rule], mode: ModeName, labels: Iterable[str]) -> None:
        rules = tuple(rules)
        chosen = {
            label: tuple(rule for rule in rules if rule.concerns(mode, label)) for label in labels
        }
        self._keeping: Mapping[str, tuple[Rule, ...]] = {
            label: tuple(rule for rule in own if isinstance(rule, KeepRule))
            for label, own in chosen.items()
        }
        self._changing: Mapping[str, tuple[Rule, ...]] = {
            label: tuple(rule for rule in own if not isinstance(rule, KeepRule))
            for label, own in chosen.items()
        }

    def keeps(self, mention: str, label: str) -> bool:
        """Whether some rule keeps a mention with this text."""
        return any(rule.keeps(mention) for rule in self._keeping.get(label, ()))

    def apply(self, text: str, label: str, extent: Span, names: Names | None = None) -> Span | None:
        """Where a mention lies when every rule is through with it, one after the other.

        What `names` know as it is, nothing is cut off from.
        """
        if self.keeps(text[slice(*extent)], label):
            return extent
        for rule in self._changing.get(label, ()):
            changed = rule.apply(text, extent)
            if changed == extent:
                continue
            if isinstance(rule, TrimRule) and names and names(text[slice(*extent)], label):
                continue
            if changed is None:
                return None
            extent = changed
        return extent
