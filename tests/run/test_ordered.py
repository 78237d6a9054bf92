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
