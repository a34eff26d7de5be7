"""Who is to blame for dead workers, and who is not."""

from __future__ import annotations

from bioweave.cluster.tries import Tries


def deaths(path, *positions):
    """As many tries as positions, each of which ended there; None is nowhere in particular."""
    for position in positions:
        tries = Tries.begin(path)
        if position is not None:
            tries.at(position)


def test_a_try_that_ends_leaves_nothing(tmp_path):
    Tries.begin(tmp_path / "t.json").end()
    assert Tries.begin(tmp_path / "t.json").n_deaths == 0


def test_third_try_is_careful_and_a_document_is_blamed_for_its_second_death(tmp_path):
    path = tmp_path / "t.json"
    deaths(path, None)
    assert not Tries.begin(path).is_careful
    tries = Tries.begin(path)
    assert (tries.n_deaths, tries.is_careful) == (2, True)
    tries.at(7)
    tries = Tries.begin(path)
    assert not tries.is_deadly(7)
    tries.at(7)
    tries = Tries.begin(path)
    assert tries.is_deadly(7)
    assert not tries.is_deadly(6)


def test_tries_that_are_called_off_are_no_deaths(tmp_path):
    path = tmp_path / "t.json"
    Tries.begin(path)
    Tries.call_off(path)
    assert not path.exists()
    deaths(path, None, 3)
    Tries.begin(path).at(3)
    Tries.call_off(path)
    tries = Tries.begin(path)
    assert (tries.n_deaths, tries.deaths_at) == (2, {3: 1})
    Tries.call_off(tmp_path / "none.json")


def test_after_many_deaths_nobody_tries_again(tmp_path):
    path = tmp_path / "t.json"
    deaths(path, *[None] * 19)
    assert not Tries.begin(path).is_hopeless
    assert Tries.begin(path).is_hopeless


def test_deaths_that_documents_are_to_blame_for_are_no_reason_to_give_up(tmp_path):
    path = tmp_path / "t.json"
    deaths(path, *[position for position in range(30) for _ in range(2)])
    tries = Tries.begin(path)
    assert (tries.n_deaths, tries.is_hopeless) == (60, False)
    assert all(map(tries.is_deadly, range(30)))


def test_what_is_left_is_tried_again_with_care_and_with_what_is_known(tmp_path):
    path = tmp_path / "t.json"
    deaths(path, 7, 7, *[None] * 20)
    tries = Tries.begin(path)
    assert tries.is_hopeless
    tries.leave()
    tries = Tries.begin(path)
    assert (tries.is_hopeless, tries.is_careful, tries.is_deadly(7)) == (False, True, True)
