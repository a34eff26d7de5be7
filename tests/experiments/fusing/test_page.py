"""The page of a fusion study: means over seeds, and what fusion gained over all of them."""

import copy
from typing import Any

import pytest

from bioweave.errors import ConfigurationError
from bioweave.experiments.fusing.page import fusion_page


def scores(by_document: list[list[int]], accuracy: float) -> dict[str, Any]:
    hits, false_alarms, misses = (sum(column) for column in zip(*by_document, strict=True))
    f1 = 2 * hits / (2 * hits + false_alarms + misses)
    return {
        "mentions": {"strict": {"f1": f1}},
        "tokens": {"accuracy": accuracy},
        "by_document": by_document,
    }


def report(seed: int, gain: int, with_test: bool = True) -> dict[str, Any]:
    """A member that finds 4 of 10 in each of 20 documents; the mean finds `gain` more."""
    weak = scores([[4, 1, 6]] * 20, 0.9)
    strong = scores([[4 + gain, 1, 6 - gain]] * 20, 0.95)
    split = {
        "corpora": {
            "sample": {
                "members": {f"small-{seed}": weak, f"large-{seed}": scores([[5, 2, 5]] * 20, 0.91)},
                "methods": {"mean": strong, "vote": scores([[3, 0, 7]] * 20, 0.89)},
            }
        }
    }
    made = {"members": [f"small-{seed}", f"large-{seed}"], "dev": split}
    return made | ({"test": copy.deepcopy(split)} if with_test else {})


def test_rows_are_means_over_seeds() -> None:
    page = fusion_page([report(13, 3), report(29, 2)])
    assert "2 seeds; members: small, large." in page
    assert "the method is **mean**, the best single member **large**" in " ".join(page.split())
    # 4, 1, 6 is 8/15; 5, 2, 5 is 10/17; 7, 1, 3 and 6, 1, 4 are 14/18 and 12/17.
    assert "| small | member | 53.33 | 0.00 | 90.00 | 53.33 | 0.00 | 90.00 |" in page
    assert "| mean | method | 74.18 | 5.08 | 95.00 | 74.18 | 5.08 | 95.00 |" in page
    told = " ".join(page.split())
    assert "On test, mean less large: +15.36 points in the mean (+18.95, +11.76)" in told
    assert "p = 0.0002" in told
    # The vote has 6/13, and both members more.
    assert told.count("Below the weakest member: vote.") == 2


def test_what_fusion_lost_is_said_as_plainly() -> None:
    worse = report(13, 3)
    for split in ("dev", "test"):
        worse[split]["corpora"]["sample"]["methods"]["mean"] = scores([[2, 3, 8]] * 20, 0.8)
    told = " ".join(fusion_page([worse]).split())
    assert "1 seed;" in told
    assert "vote less large-13: -12.67 points" in told


def test_what_rows_are_made_of_is_told() -> None:
    made = report(13, 3)
    made["evidence"] = {
        "stacking": {
            "out_of_fold": {"sample": 40},
            "dictionary": [{"name": "names.tsv", "version": None, "sha256": "0"}],
        }
    }
    made["joint"] = ["joint"]
    told = " ".join(fusion_page([made]).split())
    assert "Stacking is fitted to training documents (40 of sample) as taggers found them" in told
    assert "It reads which words are names in names.tsv." in told
    assert "What is called joint is one tagger with two encoders inside." in told
    assert "Stacking is fitted to" not in fusion_page([report(13, 3)])


def test_without_test_there_is_dev_alone() -> None:
    page = fusion_page([report(13, 3, with_test=False)])
    assert "test F1" not in page
    assert "On test" not in page


@pytest.mark.parametrize(
    ("reports", "words"),
    [
        ([], "no report of a fusion"),
        ([{"variants": []}], "not a report of a fusion"),
        ([report(13, 3), report(29, 3, with_test=False)], "different numbers of members"),
    ],
)
def test_what_does_not_belong_together_is_refused(
    reports: list[dict[str, Any]], words: str
) -> None:
    with pytest.raises(ConfigurationError, match=words):
        fusion_page(reports)


def test_seeds_of_other_documents_are_refused() -> None:
    other = report(29, 3)
    for kind in ("members", "methods"):
        for name in other["dev"]["corpora"]["sample"][kind]:
            other["dev"]["corpora"]["sample"][kind][name] = scores([[4, 1, 6]] * 3, 0.9)
    with pytest.raises(ConfigurationError, match="not of the same documents"):
        fusion_page([report(13, 3), other])
