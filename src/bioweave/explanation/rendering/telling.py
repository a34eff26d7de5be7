"""A record in words: what every renderer says in the same way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bioweave.explanation.record import Alternative, Explanation, WordWeight

# A confidence that is no farther from the probability is the same.
_SAME = 0.005
# Where no word changes the probability by more, none gets a strong colour.
_LEAST_SCALE = 0.02


class Piece(NamedTuple):
    """A stretch of the explained text: a word with its weight, or what stands between words."""

    text: str
    word: WordWeight | None
    in_span: bool


class Fact(NamedTuple):
    """A line of evidence."""

    title: str
    text: str


def pieces(explanation: Explanation) -> Iterator[Piece]:
    """The explained text in order, cut at the edges of its words; nothing is left out."""
    text, first = explanation.text, explanation.text_start
    inside = range(explanation.start, explanation.end)
    position = first
    for word in explanation.words:
        if word.start > position:
            gap = text[position - first : word.start - first]
            yield Piece(gap, None, position in inside and word.start in inside)
        yield Piece(text[word.start - first : word.end - first], word, word.start in inside)
        position = word.end
    if position - first < len(text):
        yield Piece(text[position - first :], None, False)


def verdict(explanation: Explanation) -> str:
    """One sentence: what was decided, and how probable it is."""
    decision = "is" if explanation.is_found else "is not"
    named = f"{_quoted(explanation.mention)} ({explanation.start}:{explanation.end})"
    return (
        f"{named} {decision} found as {explanation.label}: probability "
        f"{percent(explanation.probability)}, {percent(explanation.base)} with all words hidden"
    )


def facts(explanation: Explanation) -> Iterator[Fact]:
    """What speaks for or against it beside the weights, a line each."""
    evidence = explanation.evidence
    yield Fact("threshold", _threshold(explanation))
    if evidence.confidence is not None and (
        abs(evidence.confidence - explanation.probability) > _SAME
    ):
        yield Fact(
            "confidence",
            f"{percent(evidence.confidence)} as annotated: a short form or a rule had its say",
        )
    yield Fact("ties between words", _ties(explanation))
    if not explanation.is_found:
        yield Fact("no mention here", percent(evidence.absence))
    if evidence.runner_up is not None:
        runner_up = evidence.runner_up
        yield Fact("runner-up", f"{runner_up.label}, {percent(runner_up.probability)}")
    for one in evidence.instead:
        yield Fact("found here" if explanation.is_found else "found instead", _alternative(one))
    for hit in evidence.dictionary:
        concepts = ", ".join(f"{id_} {name}" for id_, name in hit.concepts)
        yield Fact("dictionary", f"{_quoted(hit.text)} is a name of {hit.label}: {concepts}")
    if evidence.long_form is not None:
        yield Fact("short for", evidence.long_form)
    for name in evidence.learned:
        times = "once" if name.times == 1 else f"{name.times} times"
        yield Fact(
            "met in training",
            f"{_quoted(name.name)} {times}, {' + '.join(name.concepts)} "
            f"(likeness {name.likeness:.2f})",
        )
    for what_if in explanation.without:
        hidden = " and ".join(map(_quoted, what_if.hidden))
        yield Fact(f"without {hidden}", f"{percent(what_if.before)} → {percent(what_if.after)}")
    for note in explanation.notes:
        yield Fact("note", note)


def percent(probability: float) -> str:
    """A probability as a percentage, in as many digits as tell.

    >>> [percent(p) for p in (1.0, 0.99997, 0.9973, 0.5, 0.0004, 0.00002, 0.0)]
    ['100%', '>99.99%', '99.7%', '50.0%', '0.04%', '<0.01%', '0%']
    """
    if probability in (0.0, 1.0):
        return f"{probability:.0%}"
    if probability < 0.0001:
        return "<0.01%"
    if probability > 0.9999:
        return ">99.99%"
    is_near_an_end = min(probability, 1 - probability) < 0.001
    return f"{100 * probability:.{2 if is_near_an_end else 1}f}%"


def heaviest_weight(explanation: Explanation) -> float:
    """What counts as a full weight in this one: its heaviest word's, unless nothing weighs much."""
    return max(_LEAST_SCALE, *(abs(word.weight) for word in explanation.words))


def _threshold(explanation: Explanation) -> str:
    threshold, distance = explanation.evidence.threshold, explanation.distance
    mode = explanation.settings.get("mode", "")
    asked = f"{mode} asks for {percent(threshold)}".strip()
    if distance < 0:
        return f"{asked}; {percent(-distance)} short of it"
    if explanation.is_found:
        return f"{asked}; {percent(distance)} above it"
    return f"{asked}; {percent(distance)} above it, but another reading is likelier"


def _ties(explanation: Explanation) -> str:
    share = explanation.evidence.transition_share
    alone = percent(max(explanation.probability - share, 0.0))
    effect = "add" if share >= 0 else "take"
    return f"{effect} {percent(abs(share))} to the {alone} that the words' own scores come to"


def _alternative(one: Alternative) -> str:
    return f"{_quoted(one.text)} ({one.start}:{one.end}), {one.label}, {percent(one.probability)}"


def _quoted(text: str) -> str:
    return f"“{' '.join(text.split())}”"
