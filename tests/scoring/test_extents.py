import pytest

from bioweave.document import Document, Mention, Span
from bioweave.scoring.extents import Extent, extent_of, extents_by_label

TEXT = "liver and kidney failure"
WHOLE = Mention(0, 24, TEXT, "Disease")
GAPPED = Mention(0, 24, TEXT, "Disease", fragments=(Span(0, 5), Span(17, 24)))


def test_a_gap_makes_another_extent():
    assert extent_of(WHOLE) != extent_of(GAPPED)


def test_a_single_fragment_is_no_gap():
    single = Mention(0, 24, TEXT, "Disease", fragments=(Span(0, 24),))
    assert extent_of(single) == extent_of(WHOLE)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (Extent(10, 16), False),  # kidney lies in the gap
        (Extent(4, 6), True),
        (Extent(5, 17), False),
        (Extent(16, 18), True),
    ],
)
def test_what_lies_in_a_gap_does_not_overlap(other, expected):
    assert extent_of(GAPPED).overlaps(other) is expected
    assert other.overlaps(extent_of(GAPPED)) is expected


def test_touching_extents_do_not_overlap():
    assert not Extent(0, 5).overlaps(Extent(5, 9))


def test_a_duplicate_counts_once_and_labels_are_kept_apart():
    gene = Mention(0, 24, TEXT, "Gene")
    found = extents_by_label(Document("d", TEXT, (WHOLE, WHOLE, GAPPED, gene)))
    assert {label: len(extents) for label, extents in found.items()} == {"Disease": 2, "Gene": 1}
