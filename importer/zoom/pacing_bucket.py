"""The leaky bucket, reckoned ahead: when the next call has room in it, so that one timer is all it takes.

Pure: times come in as arguments, seconds of one monotonic clock. A bucket that holds c calls and leaks r a
second is known by the moment at which it will be empty. A call that leaves at t adds its price to it, and has
room as soon as what is in it then leaves so much free.
"""


class Bucket:
    """A bucket as if a call had just left and all credit were used.

    Arguments:
        capacity: calls that it holds, at least 1.
        rate: calls a second that leak out.
        now: time.
    """

    def __init__(self, capacity: float, rate: float, now: float) -> None:
        self._capacity = capacity
        self._rate = rate
        self._empty_at = now + capacity / rate

    def room_at(self, now: float, price: float) -> float:
        """When a call of this price may leave: now or later."""
        if price > self._capacity:
            self._empty_at = max(self._empty_at, now)
        return max(now, self._empty_at + (price - self._capacity) / self._rate)

    def left(self, now: float, price: float) -> None:
        """A call of this price leaves now, at the time that `room_at` gave or after it."""
        paid = self._empty_at + price / self._rate
        self._empty_at = max(paid, now + min(price, self._capacity) / self._rate)
