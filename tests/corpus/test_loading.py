from __future__ import annotations

from pathlib import Path

import pytest

from bioweave.corpus import corpus_names, files, info, load
from bioweave.errors import CorpusError


@pytest.mark.parametrize("name", [*corpus_names(), "sample"])
def test_what_is_loaded_keeps_its_promises(name: str, small: Path) -> None:
    found = info(name, small)
    for split in found.splits:
        documents = load(name, split, small)
        assert documents
        assert len({document.id for document in documents}) == len(documents)
        for document in documents:
            document.checked()
            assert {mention.label for mention in document.mentions} <= set(found.labels)
            targets = {m.id for m in document.mentions} | {r.id for r in document.relations}
            for relation in document.relations:
                for argument in relation.arguments:
                    assert argument.kind == "concept" or argument.target in targets


def test_the_folder_is_taken_from_the_environment(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIOWEAVE_CORPORA", str(small))
    assert load("s800", "test") == load("s800", "test", small)


def test_without_a_folder_the_error_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BIOWEAVE_CORPORA", raising=False)
    with pytest.raises(CorpusError, match="BIOWEAVE_CORPORA is not set"):
        load("s800", "test")
    assert info("s800").labels == ("Species",)


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="nowhere is no folder"):
        load("s800", "test", tmp_path / "nowhere")


def test_a_missing_split_is_answered_with_those_there_are(small: Path) -> None:
    with pytest.raises(CorpusError, match=r"s800 has no dev split, only train, test; carve\(\)"):
        load("s800", "dev", small)
    with pytest.raises(CorpusError, match=r"drugprot has no test split, only train, dev$"):
        load("drugprot", "test", small)


@pytest.mark.parametrize("name", ["bc9", "", "..", "../ncbi-disease", "a/b"])
def test_an_unknown_name_is_answered_with_the_known(name: str, small: Path) -> None:
    with pytest.raises(CorpusError, match=r"no corpus is called .*ncbi-disease, bc5cdr"):
        load(name, "train", small)


def test_a_missing_file_is_named(small: Path, tmp_path: Path) -> None:
    (tmp_path / "ncbi-disease").mkdir()
    with pytest.raises(CorpusError, match=r"NCBItestset_corpus\.txt, which is not there"):
        load("ncbi-disease", "test", tmp_path)
    (tmp_path / "anatem" / "test").mkdir(parents=True)
    with pytest.raises(CorpusError, match="anatem is read from"):
        load("anatem", "test", tmp_path)


def test_a_file_that_is_no_text_is_an_error_that_names_the_place(tmp_path: Path) -> None:
    (tmp_path / "s800").mkdir()
    (tmp_path / "s800" / "SPECIES_Test.PubTator").write_bytes(b"1|t|\xff\xfe\n")
    with pytest.raises(CorpusError, match=r"files of s800 test in .*s800 cannot be read"):
        load("s800", "test", tmp_path)


def test_files_are_those_of_a_split_or_of_all(small: Path) -> None:
    assert [path.name for path in files("bc2gm", "test", small)] == [
        "test.in",
        "GENE.eval",
        "ALTGENE.eval",
    ]
    assert len(files("bc2gm", folder=small)) == 6
    assert [path.name for path in files("ncbi-disease", folder=small)] == [
        "NCBItrainset_corpus.txt",
        "NCBIdevelopset_corpus.txt",
        "NCBItestset_corpus.txt",
    ]


def test_a_folder_of_ones_own_is_a_corpus(tmp_path: Path) -> None:
    home = tmp_path / "mine"
    home.mkdir()
    (home / "train.jsonl").write_text(
        '{"id": "a", "text": "A rash.", "mentions": '
        '[{"start": 2, "end": 6, "text": "rash", "label": "Rash"}]}\n'
        '{"id": "b", "text": "A rash.", "mentions": '
        '[{"start": 0, "end": 3, "text": "rash", "label": "Rash"}]}\n'
    )
    (home / "test.txt").write_text("Gene text.")
    assert info("mine", tmp_path).splits == ("train", "test")
    assert info("mine", tmp_path).labels == ("Rash",)
    assert [document.id for document in load("mine", "train", tmp_path)] == ["a"]
    assert [path.name for path in files("mine", folder=tmp_path)] == ["train.jsonl", "test.txt"]
