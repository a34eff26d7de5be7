from bioweave.service.monitoring.alerts import AlertBook, AlertState, Condition


def condition(is_wrong: bool, alert: str = "quality") -> Condition:
    return Condition(alert, "default", is_wrong, 0.5, 0.7, "F1 is low")


def states(book: AlertBook, wrongs: str) -> list[str]:
    """What is told after each evaluation: x is wrong, o is well."""
    told = []
    for one in wrongs:
        changed = book.judge([condition(one == "x")])
        told.append("".join(alert.state.value for alert in changed))
    return told


def test_an_alert_fires_and_ends_only_after_a_while() -> None:
    book = AlertBook(fire_after=3, resolve_after=2)
    assert states(book, "xxoxxx") == ["", "", "", "", "", "firing"]
    assert states(book, "xoxo") == ["", "", "", ""]
    assert book.alerts()[0].state is AlertState.FIRING
    assert states(book, "oo") == ["resolved", ""]
    assert book.alerts()[0].state is AlertState.QUIET


def test_one_name_goes_with_an_alert_from_its_beginning_to_its_end() -> None:
    book = AlertBook(fire_after=1, resolve_after=1)
    ids = [book.judge([condition(wrong)])[0].id for wrong in (True, False, True, False)]
    assert ids[0] == ids[1] != ids[2] == ids[3]


def test_what_is_not_watched_any_more_ends() -> None:
    book = AlertBook(fire_after=1, resolve_after=2)
    book.judge([condition(True), condition(True, "drift_labels")])
    assert book.judge([condition(True)]) == []
    [ended] = book.judge([condition(True)])
    assert (ended.condition.alert, ended.state) == ("drift_labels", AlertState.RESOLVED)
    assert [one.condition.alert for one in book.alerts()] == ["quality", "drift_labels"]


def test_an_alert_as_it_is_sent() -> None:
    book = AlertBook(fire_after=1, resolve_after=1)
    sent = book.judge([condition(True)])[0].to_json()
    assert {name: sent[name] for name in ("alert", "model", "state", "value", "mark")} == {
        "alert": "quality",
        "model": "default",
        "state": "firing",
        "value": 0.5,
        "mark": 0.7,
    }
