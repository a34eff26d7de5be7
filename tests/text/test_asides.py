import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.text.asides import LONGEST_ASIDE, Asides


def held(paragraph):
    asides = Asides(paragraph)
    return "".join(
        "x" if offset in asides and character not in "()[]{}" else character
        for offset, character in enumerate(paragraph)
    )


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        ("a (b) c", "a (x) c"),
        ("a (b [c] d) e (f)", "a (x[x]x) e (x)".replace("(x[x]x)", "(xx[x]xx)")),
        ("a (b c", "a (b c"),
        ("a b) c (d)", "a b) c (x)"),
        ("a (b [c) d", "a (xx[x) d"),
        ("a [b (c] d) e", "a [xx(x] d) e"),
    ],
)
def test_only_matching_brackets_make_an_aside(paragraph, expected):
    assert held(paragraph) == expected


def test_brackets_far_apart_do_not_belong_together():
    near, far = "b" * (LONGEST_ASIDE - 1), "b" * LONGEST_ASIDE
    assert 5 in Asides(f"({near})")
    assert 5 not in Asides(f"({far})")


@given(st.text("a()[]", max_size=30))
def test_against_pairing_by_hand(paragraph):
    pairs, pending = [], []
    for position, character in enumerate(paragraph):
        if character in "([":
            pending.append((character, position))
        elif character in ")]":
            partner = "(" if character == ")" else "["
            if partner in [kind for kind, _ in pending]:
                while pending[-1][0] != partner:
                    pending.pop()
                pairs.append((pending.pop()[1], position))
    asides = Asides(paragraph)
    for offset in range(len(paragraph)):
        assert (offset in asides) == any(start <= offset <= end for start, end in pairs)
