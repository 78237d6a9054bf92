"""Order is restored whatever the order of finishing."""

from hypothesis import given
from hypothesis import strategies as st

from importer.run.ordered import InOrder


@given(st.permutations(range(12)))
def test_values_come_out_in_ticket_order(finishing: list[int]) -> None:
    """Every value is emitted once, in order, as early as possible."""
    seen: list[int] = []
    order = InOrder(seen.append)
    tickets = [order.ticket() for _ in finishing]
    finished: set[int] = set()
    for ticket in finishing:
        order.finish(tickets[ticket], ticket)
        finished.add(ticket)
        ready = next((n for n in range(12) if n not in finished), 12)
        assert seen == list(range(ready))
        assert order.open == 12 - ready


def test_a_ticket_weighs_as_much_as_it_stands_for() -> None:
    """What is open is counted in rows, so that a window of rows holds whatever a ticket stands for."""
    order = InOrder(lambda _: None)
    first, second = order.ticket(), order.ticket(500)
    assert order.open == 501
    order.finish(second, 2)
    assert order.open == 501
    order.finish(first, 1)
    assert order.open == 0
