"""What names say for or against a span: whether its text is known as one of the label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bioweave.bundle import OwnNames, ScoredSpan
from bioweave.bundle.own_names import SHORTEST_IN_ANY_CASE
from bioweave.document import Word
from bioweave.lexicon import Lexicon
from bioweave.lexicon.everyday import is_own_case

# A known name stands for an unknown one that it overlaps if it is at least so many times as
# probable. Of 0.2 to 0.8, 0.3 and 0.4 were best on the dev split of ncbi-disease, 0.2 on bc5cdr's.
_SHARE_OF_UNKNOWN = 0.3
_MOST_KEPT = 1 << 16


class KnownNames:
    """The names of a bundle and of a lexicon, asked for by their text.

    Names are normalised as the lexicon does: case, plural, hyphens and spaces make no difference.
    `labels` are those of the wanted ones that either has names of. Threads may share it, and it
    is picklable.
    """

    def __init__(
        self, own: OwnNames | None, lexicon: Lexicon | None, labels: Iterable[str]
    ) -> None:
        self.own = own
        self.lexicon = lexicon
        of_both = {*(own.labels if own else ()), *(lexicon.labels if lexicon else ())}
        self.labels = tuple(label for label in labels if label in of_both)
        self._kept: dict[tuple[str, str], bool] = {}

    def __reduce__(self) -> tuple[object, ...]:
        return KnownNames, (self.own, self.lexicon, self.labels)

    def __call__(self, text: str, label: str) -> bool:
        """Whether the text is a name of a concept with this label."""
        answer = self._kept.get((text, label))
        if answer is None:
            answer = label in self.labels and self._look_up(text, label)
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[text, label] = answer
        return answer

    def _look_up(self, text: str, label: str) -> bool:
        if self.own is not None and self.own(text, label):
            return True
        return self.lexicon is not None and _has_name(self.lexicon, text, label)

    def prefer(
        self,
        standing: Sequence[ScoredSpan],
        candidates: Iterable[ScoredSpan],
        words: Sequence[Word],
        text: str,
    ) -> list[ScoredSpan]:
        """The spans, where unknown ones give way to known candidates that they overlap.

        A candidate needs the same label and a good share of the confidence of what gives way.
        """
        standing = list(standing)
        at = {
            (span.label, word): span
            for span in standing
            for word in range(span.word_start, span.word_end)
        }
        for candidate in sorted(candidates, key=lambda span: -span.confidence):
            places = [
                (candidate.label, word) for word in range(candidate.word_start, candidate.word_end)
            ]
            rivals = dict.fromkeys(at[place] for place in places if place in at)
            if not rivals or any(
                candidate.confidence < _SHARE_OF_UNKNOWN * rival.confidence for rival in rivals
            ):
                continue
            if self.knows(candidate, words, text) and not any(
                self.knows(rival, words, text) for rival in rivals
            ):
                for rival in rivals:
                    standing.remove(rival)
                    for word in range(rival.word_start, rival.word_end):
                        del at[rival.label, word]
                standing.append(candidate)
                at.update(dict.fromkeys(places, candidate))
        return standing

    def knows(self, span: ScoredSpan, words: Sequence[Word], text: str) -> bool:
        """Whether the words of the span are a name of its label."""
        start, end = words[span.word_start].start, words[span.word_end - 1].end
        return self(text[start:end], span.label)


def _has_name(lexicon: Lexicon, text: str, label: str) -> bool:
    concepts = lexicon.find(text, label) if label in lexicon.labels else ()
    if len(text) >= SHORTEST_IN_ANY_CASE or not concepts:
        return bool(concepts)
    return any(
        is_own_case(text, name.text)
        for concept in concepts
        for name in lexicon.concept(concept).names
    )
