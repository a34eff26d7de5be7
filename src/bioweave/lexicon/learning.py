"""Which names a corpus mostly leaves unannotated: everyday words, and what it excludes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bioweave.document import Document, Mention
from bioweave.lexicon.concept import LearnedCaution
from bioweave.lexicon.lexicon import Lexicon
from bioweave.lexicon.matcher import LexiconMatch, Matcher

# A name seen less often tells nothing; one annotated in half of its places is worth having.
MIN_FOUND = 3
MIN_SHARE_ANNOTATED = 0.5


@dataclass(frozen=True, slots=True)
class AnnotatedDocuments:
    """Documents to learn from, and the labels that are annotated throughout."""

    documents: Sequence[Document]
    labels: tuple[str, ...]


def learn_cautions(
    lexicon: Lexicon,
    learn_from: Iterable[AnnotatedDocuments],
    *,
    keep: Collection[str] = (),
) -> list[tuple[int, LearnedCaution]]:
    """The terms that stand unannotated more often than not, with their counts, by term.

    A place counts as annotated where a mention of the label shares a character with it. Give train
    splits only: what was learned from a text flatters every measurement on it. Keys in `keep`
    are left alone.
    """
    matcher = Matcher(lexicon)
    n_found: Counter[int] = Counter()
    n_annotated: Counter[int] = Counter()
    for annotated in learn_from:
        for document in annotated.documents:
            for match in matcher.find(document.text, annotated.labels):
                n_found[match.term] += 1
                n_annotated[match.term] += _is_annotated(match, document.mentions)
    learned = []
    for term, n in sorted(n_found.items()):
        if n < MIN_FOUND or n_annotated[term] >= MIN_SHARE_ANNOTATED * n:
            continue
        key, label = matcher.describe(term)
        if key not in keep:
            learned.append((term, LearnedCaution(key, label, n, n_annotated[term])))
    return learned


def _is_annotated(match: LexiconMatch, mentions: Iterable[Mention]) -> bool:
    return any(
        mention.label == match.label and mention.span.overlaps((match.start, match.end))
        for mention in mentions
    )
