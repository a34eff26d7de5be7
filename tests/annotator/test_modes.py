"""What modes keep, drop and add, without known names and with them."""

import pickle
from dataclasses import replace
from pathlib import Path

import pytest
from invented_texts import invented_texts
from tiny_tagger import HEADS, load_tiny_bundle

from bioweave.annotator import Annotator
from bioweave.annotator.known_names import KnownNames
from bioweave.annotator.modes import LEAST_FLOOR, Thresholds, make_mode, named_labels
from bioweave.annotator.rule_files import RuleSet
from bioweave.bundle import Bundle, LexiconThresholds, Manifest, OwnNames, ScoredSpan
from bioweave.document import Document, Mention, Word
from bioweave.errors import ConfigurationError
from bioweave.lexicon import Lexicon, SourceSettings, build_lexicon

NO_RULES = RuleSet(rules=())


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return load_tiny_bundle(tmp_path_factory.mktemp("bundles") / "tiny")


def make_lexicon(folder: Path, *names: tuple[str, str]) -> Lexicon:
    """A lexicon of (name, label)."""
    folder.mkdir(exist_ok=True)
    sources = []
    for label in dict.fromkeys(label for _, label in names):
        table = folder / f"{label}.tsv"
        rows = [f"X:{row}\t{name}\tpref" for row, (name, own) in enumerate(names) if own == label]
        table.write_text("\n".join(["id\tterm\tkind", *rows]) + "\n", encoding="utf-8")
        sources.append(SourceSettings(table, label=label))
    return build_lexicon(sources, folder / "small.lexicon")


def manifest(**tables: object) -> Manifest:
    return Manifest(name="tiny", bioweave_version="0", heads=HEADS, **tables)


def with_tables(bundle: Bundle, **tables: object) -> Bundle:
    values = bundle.manifest.model_dump() | tables
    return Bundle(Manifest.model_validate(values), bundle.tokenizer, bundle.chains, bundle.graph)


def found(document: Document) -> dict[tuple[int, int, str], float]:
    return {(one.start, one.end, one.label): one.confidence for one in document.mentions}


def test_what_a_manifest_leaves_out_the_modes_know() -> None:
    precision = make_mode("precision", manifest(thresholds={"precision": {"Gene": 0.5}}), ["Gene"])
    assert precision.found == {"Gene": Thresholds(0.5, 0.5)}
    assert precision.others == {}
    assert precision.floor is None
    recall = make_mode("recall", manifest(), ["Gene", "Disease"], ["Gene"])
    assert recall.others["Disease"] == Thresholds(0.25, 0.25)
    assert recall.others["Gene"] == Thresholds(0.25, 0.125)
    assert recall.floor == 0.05


def test_a_lexicon_has_thresholds_of_its_own_for_the_labels_it_knows() -> None:
    given = manifest(
        thresholds={"balanced": {"Gene": 0.5, "Disease": 0.4}},
        lexicon_thresholds={
            "balanced": {
                "Gene": LexiconThresholds(known=0.2, unknown=0.6),
                "Disease": LexiconThresholds(known=0.1, unknown=0.7),
            }
        },
    )
    mode = make_mode("balanced", given, ["Gene", "Disease"], ["Gene"])
    assert mode.found == {"Gene": Thresholds(0.6, 0.2), "Disease": Thresholds(0.4, 0.4)}
    assert mode.floor == 0.05
    assert make_mode("balanced", given, ["Gene", "Disease"]).floor is None


def test_names_speak_for_the_labels_that_thresholds_with_names_were_chosen_for() -> None:
    assert named_labels(manifest(), ["Gene", "Disease"]) == ("Gene", "Disease")
    chosen = {"recall": {"Disease": LexiconThresholds(known=0.1, unknown=0.2)}}
    assert named_labels(manifest(lexicon_thresholds=chosen), ["Gene", "Disease"]) == ("Disease",)


def test_recall_asks_no_more_of_what_was_found_than_balanced() -> None:
    given = manifest(thresholds={"balanced": {"Gene": 0.3}, "recall": {"Gene": 0.0}})
    mode = make_mode("recall", given, ["Gene"])
    assert mode.floor == LEAST_FLOOR
    given = manifest(thresholds={"balanced": {"Gene": 0.3}, "recall": {"Gene": 0.6}})
    mode = make_mode("recall", given, ["Gene"])
    assert (mode.found["Gene"].unknown, mode.others["Gene"].unknown) == (0.3, 0.6)


def test_precision_finds_part_and_recall_more_of_what_balanced_finds(bundle: Bundle) -> None:
    tables = {
        mode: dict.fromkeys(("Chemical", "Disease", "Gene"), least)
        for mode, least in (("precision", 0.7), ("balanced", 0.3), ("recall", 0.1))
    }
    tagger = with_tables(bundle, thresholds=tables)
    texts = invented_texts(12, seed=3)
    by_mode = {
        mode: list(Annotator(tagger, mode=mode, rules=NO_RULES).pipe(texts)) for mode in tables
    }
    n_more = 0
    for precise, balanced, recalled in zip(*by_mode.values(), strict=True):
        sure, middle, more = found(precise), found(balanced), found(recalled.checked())
        assert sure.items() <= middle.items() <= more.items()
        assert all(confidence >= 0.7 for confidence in sure.values())
        assert all(confidence >= 0.1 for confidence in more.values())
        stretches = [(start, end) for start, end, _ in more.keys() - middle.keys()]
        assert len(stretches) == len(set(stretches))
        assert not set(stretches) & {(start, end) for start, end, _ in middle}
        n_more += len(stretches)
    assert n_more > 50
    assert sum(len(one.mentions) for one in by_mode["precision"]) > 20


def test_recall_finds_every_span_above_its_threshold(bundle: Bundle) -> None:
    text = invented_texts(1, seed=8)[0]
    tables = {mode: {"Chemical": 0.2} for mode in ("balanced", "recall")}
    tagger = with_tables(bundle, thresholds=tables)
    [annotation] = Annotator(tagger, labels=["Chemical"]).annotations([text], floor=0.2)
    expected = {
        (span.word_start, span.word_end)
        for span in (*annotation.spans, *annotation.candidates)
        if span.label == "Chemical" and span.confidence >= 0.2
    }
    words = annotation.prepared.words
    recalled = Annotator(tagger, labels=["Chemical"], mode="recall", rules=NO_RULES)(text)
    extents = {(words[start].start, words[end - 1].end) for start, end in expected}
    assert extents <= {(one.start, one.end) for one in recalled.mentions}


def test_known_names_pass_where_others_do_not(bundle: Bundle, tmp_path: Path) -> None:
    texts = invented_texts(12, seed=4)
    plain = Annotator(bundle, rules=NO_RULES)
    unsure = [
        one
        for document in plain.pipe(texts)
        for one in document.mentions
        if one.label == "Gene" and 0.15 < one.confidence < 0.5 and len(one.text) > 8
    ]
    names = [one.text for one in unsure[::2]]
    lexicon = make_lexicon(tmp_path, *((name, "Gene") for name in names))
    tables = {
        "thresholds": {"balanced": {"Gene": 0.5}},
        "lexicon_thresholds": {"balanced": {"Gene": {"known": 0.1, "unknown": 0.5}}},
    }
    tagger = with_tables(bundle, **tables)
    informed = Annotator(tagger, labels=["Gene"], lexicon=lexicon, rules=NO_RULES)
    mentions = [one for document in informed.pipe(texts) for one in document.mentions]
    assert {one.text for one in mentions} >= set(names)
    knows = KnownNames(None, lexicon, ["Gene"])
    for one in mentions:
        assert one.confidence >= (0.1 if knows(one.text, "Gene") else 0.5)
    without = Annotator(tagger, labels=["Gene"], rules=NO_RULES)
    assert all(one.confidence >= 0.5 for each in without.pipe(texts) for one in each.mentions)


def test_a_bundle_s_own_names_speak_like_those_of_a_lexicon(bundle: Bundle, tmp_path: Path) -> None:
    texts = invented_texts(12, seed=4)
    tables = {
        "thresholds": {"balanced": {"Gene": 0.5, "Disease": 0.4}},
        "lexicon_thresholds": {"balanced": {"Gene": {"known": 0.1, "unknown": 0.5}}},
    }
    tagger = with_tables(bundle, **tables)
    plain = Annotator(bundle, labels=["Gene"], rules=NO_RULES).pipe(texts)
    mentions = [one for document in plain for one in document.mentions]
    names = sorted({one.text for one in mentions if one.confidence < 0.5 and len(one.text) > 8})
    own, others = names[::2], names[1::2]
    knowing = replace(
        tagger, own_names=OwnNames.of_documents([document_of(own, "Gene")], ["Gene"]), path=None
    )
    lexicon = make_lexicon(tmp_path, *((name, "Gene") for name in names))

    def told(tagger: Bundle, **options: object) -> list[dict[tuple[int, int, str], float]]:
        annotator = Annotator(tagger, labels=["Gene"], rules=NO_RULES, **options)
        return [found(document) for document in annotator.pipe(texts)]

    by_own = told(knowing)
    assert by_own == told(tagger, lexicon=make_lexicon(tmp_path / "own", *_genes(own)))
    assert by_own != told(tagger)
    # What a lexicon knows and what the bundle knows is known.
    both = told(knowing, lexicon=make_lexicon(tmp_path / "others", *_genes(others)))
    assert both == told(tagger, lexicon=lexicon)
    assert both != by_own
    copied = pickle.loads(pickle.dumps(Annotator(knowing, labels=["Gene"], rules=NO_RULES)))
    assert [found(document) for document in copied.pipe(texts)] == by_own


def _genes(names: list[str]) -> list[tuple[str, str]]:
    return [(name, "Gene") for name in names]


def document_of(names: list[str], label: str) -> Document:
    """A document whose mentions are these names, and nothing else."""
    text = "\n".join(names)
    starts = [len("\n".join([*names[:place], ""])) for place in range(len(names))]
    return Document("d", text).with_mentions(
        Mention(start, start + len(name), name, label)
        for start, name in zip(starts, names, strict=True)
    )


def test_a_lexicon_of_other_labels_is_refused(bundle: Bundle, tmp_path: Path) -> None:
    make_lexicon(tmp_path, ("borvulon", "Species"))
    with pytest.raises(ConfigurationError, match="a lexicon of Species says nothing of Chemical"):
        Annotator(bundle, lexicon=tmp_path / "small.lexicon")


def test_names_are_known_in_any_spelling_but_short_ones_in_their_own_case(tmp_path: Path) -> None:
    lexicon = make_lexicon(tmp_path, ("WAZ", "Gene"), ("Marlitis type II", "Disease"))
    knows = KnownNames(None, lexicon, ["Gene", "Disease", "Chemical"])
    assert knows.labels == ("Gene", "Disease")
    assert knows("marlitis, type 2", "Disease")
    assert not knows("marlitis, type 2", "Gene")
    assert knows("WAZ", "Gene")
    assert not knows("waz", "Gene")
    assert not knows("marlitis", "Chemical")


def test_unknown_spans_give_way_to_known_ones_that_are_likely_enough(tmp_path: Path) -> None:
    lexicon = make_lexicon(tmp_path, ("renal marlitis", "Disease"), ("tanulosis", "Disease"))
    text = "severe renal marlitis and old tanulosis of it"
    starts = [0, 7, 13, 22, 26, 30, 40, 43]
    words = [Word(start, start + len(text[start:].split()[0])) for start in starts]
    unknown = ScoredSpan(0, 3, "Disease", 0.6, 0)
    sure = ScoredSpan(4, 6, "Disease", 0.9, 0)
    known = ScoredSpan(1, 3, "Disease", 0.2, 0)
    unlikely = ScoredSpan(5, 6, "Disease", 0.05, 0)
    other = ScoredSpan(1, 2, "Disease", 0.3, 0)
    names = KnownNames(None, lexicon, ["Disease"])
    preferred = names.prefer([unknown, sure], [other, known, unlikely], words, text)
    assert sorted(preferred) == [known, sure]
    # One known name does not give way to another.
    whole = ScoredSpan(1, 3, "Disease", 0.5, 0)
    assert names.prefer([whole], [known], words, text) == [whole]
