"""What a tagger knows of names."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.bundle import OwnNames
from bioweave.document import Document, Mention
from bioweave.errors import BundleError

NAMES = st.text(min_size=1, max_size=20)


def document_of(names: list[str], label: str = "Disease") -> Document:
    text = "".join(names)
    mentions = []
    start = 0
    for name in names:
        mentions.append(Mention(start, start + len(name), name, label))
        start += len(name)
    return Document("d", text, tuple(mentions))


@given(st.lists(NAMES), st.lists(NAMES))
def test_every_name_is_known_by_its_label_and_survives_a_file(
    tmp_path_factory: pytest.TempPathFactory, diseases: list[str], genes: list[str]
) -> None:
    documents = [document_of(diseases), document_of(genes, "Gene")]
    names = OwnNames.of_documents(documents, ["Disease", "Gene"])
    for label, some in (("Disease", diseases), ("Gene", genes)):
        for name in some:
            # A name without a letter or a digit has no key, and tells nothing.
            assert names(name, label) or not any(map(str.isalnum, name))
    assert not names(diseases[0] if diseases else "gout", "Chemical")
    path = tmp_path_factory.mktemp("names") / "names.txt"
    names.save(path)
    assert OwnNames.load(path) == names


def test_short_names_are_known_in_their_own_case_and_others_in_any_spelling() -> None:
    names = OwnNames.of_documents([document_of(["WAS", "Type II marlitis"])], ["Disease"])
    assert names("WAS", "Disease")
    assert not names("was", "Disease")
    assert names("type 2 Marlitis", "Disease")


def test_only_what_is_asked_for_and_written_in_one_piece_is_kept() -> None:
    gap = Mention(0, 12, "renal cancer", "Disease", fragments=((0, 5), (6, 12)))
    documents = [Document("d", "renal cancer", (gap,)), document_of(["BRCA1"], "Gene")]
    assert OwnNames.of_documents(documents, ["Disease"]).labels == ()
    assert OwnNames.of_documents(documents, ["Gene"]).labels == ("Gene",)


def test_names_of_several_are_put_together() -> None:
    one = OwnNames({"Gene": frozenset({"a"})})
    other = OwnNames({"Gene": frozenset({"b"}), "Disease": frozenset({"c"})})
    both = OwnNames({"Gene": frozenset({"a", "b"}), "Disease": frozenset({"c"})})
    assert OwnNames.of_members([one, None, other]) == both
    assert OwnNames.of_members([None]) is None


@pytest.mark.parametrize("text", ["no tab\n", "Gene\ta\tb\n"])
def test_a_damaged_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "names.txt"
    path.write_text(text)
    with pytest.raises(BundleError, match="not a table of names"):
        OwnNames.load(path)
