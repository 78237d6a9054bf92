"""Brakes are pure rules: each has its bound, its sentence and the flag that overrules it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.run.brakes import Facts, Limits, reasons

GOOD = Facts(
    "crm.csv", rows=1000, rows_before=1000, before="crm.csv, yesterday", owned=1000, owned_in_all=1000
)

CASES = [
    pytest.param({"rows": 800}, {}, "", id="a fifth fewer rows are allowed"),
    pytest.param({"rows": 799}, {}, "--max-shrink 21%", id="one more is not"),
    pytest.param({"rows": 500}, {"shrink": 0.5}, "", id="half is allowed if the person says so"),
    pytest.param({"rows": 1}, {"shrink": 1.0}, "", id="100% switches the brake off"),
    pytest.param({"rows": 990}, {"shrink": 0.0}, "--max-shrink 1%", id="0% allows none"),
    pytest.param({"rows": 10, "sync": False}, {}, "", id="part of an export has not shrunk"),
    pytest.param({"rows": 10, "sync": False}, {"shrink": 0.2}, "--max-shrink", id="a chosen bound counts"),
    pytest.param({"rows": 9, "rows_before": None}, {}, "", id="a first run has not shrunk"),
    pytest.param({"rows": 20, "bad": 9, "rows_before": None}, {}, "", id="nine bad rows are no disaster"),
    pytest.param({"rows": 20, "bad": 10, "rows_before": None}, {}, "--max-bad 50%", id="ten are"),
    pytest.param({"rows": 20, "bad": 1, "rows_before": None}, {"bad": 0.0}, "--max-bad 5%", id="chosen: one"),
    pytest.param({"rows": 1000, "bad": 100}, {}, "", id="a tenth may be bad"),
    pytest.param({"rows": 1000, "bad": 101}, {}, "--max-bad 11%", id="more may not"),
    pytest.param({"rows": 20, "bad": 20, "whole": False, "rows_before": None}, {}, "", id="corrections file"),
    pytest.param({"delete": 20}, {}, "", id="two in a hundred may be deleted"),
    pytest.param({"delete": 21}, {}, "--max-delete 3%", id="more may not be deleted"),
    pytest.param({"delete": 21}, {"delete": 0.03}, "", id="unless allowed"),
    pytest.param({"update": 1000}, {}, "", id="changes are not bounded by themselves"),
    pytest.param(
        {"update": 51, "delete": 10}, {"change": 0.06}, "--max-change 7%", id="updates and deletions"
    ),
    pytest.param({"update": 5, "owned": 0}, {"change": 0.0}, "", id="nothing owned, nothing touched"),
    pytest.param({"in_book": 500}, {}, "", id="half of the contacts may be missing"),
    pytest.param({"in_book": 499}, {}, "emptied", id="more may not"),
    pytest.param({"in_book": 0, "owned_in_all": 9}, {}, "", id="a handful is no book"),
    pytest.param({"in_book": 0}, {"missing": 1.0}, "", id="an emptied book, accepted"),
    pytest.param({"age_s": 3600.0}, {"age_s": 3599.0}, "--max-age", id="too old"),
    pytest.param({"age_s": 3600.0}, {}, "", id="old files are fine by themselves"),
    pytest.param({"growing": True}, {}, "still being written", id="growing"),
    pytest.param({"create": 200, "gone": 200}, {}, "", id="a fifth of the rows may be exchanged"),
    pytest.param({"create": 201, "gone": 201}, {}, "--max-turnover 21%", id="more may not"),
    pytest.param({"create": 1000, "gone": 200}, {}, "", id="a list may grow"),
    pytest.param({"create": 200, "gone": 900}, {}, "", id="leavers of a year, where they are only listed"),
    pytest.param({"create": 9, "gone": 9, "owned": 9}, {}, "", id="a tiny list may be exchanged"),
    pytest.param({"create": 1, "gone": 1}, {"turnover": 0.0}, "--max-turnover 1%", id="0%: not one"),
    pytest.param({"create": 1000, "gone": 1000}, {"turnover": 1.0}, "", id="all exchanged, and allowed"),
    pytest.param({"cut_off": True}, {}, "--accept-cut-off", id="cut off"),
    pytest.param({"cut_off": True}, {"cut_off": True}, "", id="cut off, accepted"),
    pytest.param({"cut_off": True, "rows_before": None}, {}, "", id="cut off on the first day"),
]


@pytest.mark.parametrize(("facts", "limits", "word"), CASES)
def test_each_brake_has_its_bound_and_names_what_overrules_it(
    facts: dict[str, object], limits: dict[str, object], word: str
) -> None:
    """At the bound the run goes on, beyond it stops with one reason."""
    said = reasons(Limits(**limits), replace(GOOD, **facts))  # type: ignore[arg-type]
    assert len(said) == (1 if word else 0), said
    assert all(word in reason for reason in said)


def test_all_reasons_are_said_at_once() -> None:
    """Nobody lifts one brake to meet the next."""
    facts = replace(GOOD, rows=100, bad=50, delete=900, growing=True)
    words = ("written", "max-shrink", "max-bad", "max-delete")
    said = reasons(Limits(), facts)
    assert [next(word for word in words if word in reason) for reason in said] == list(words)


@given(before=st.integers(1, 10**6), now=st.integers(0, 10**6))
def test_the_flag_that_the_message_names_lets_the_run_go_on(before: int, now: int) -> None:
    """Whatever the figures, following the advice works."""
    facts = replace(GOOD, rows=now, rows_before=before)
    for reason in reasons(Limits(), facts):
        advised = int(reason.partition("--max-shrink ")[2].partition("%")[0])
        assert reasons(Limits(shrink=advised / 100), facts) == ()
