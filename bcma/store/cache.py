"""Keeps what was mapped: the same bytes always mean the same, so they are mapped once."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from threading import Lock
from typing import Any, TypeVar

#: A ward's charts with their history fit in several times over.
CAPACITY = 20_000

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


class MappedCache:
    """The values used last, shared by all threads."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._values: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def get_many(self, keys: Iterable[K]) -> dict[K, Any]:
        """Give the values that are here."""
        with self._lock:
            found = {key: self._values[key] for key in keys if key in self._values}
            for key in found:
                self._values.move_to_end(key)
            return found

    def get_or_make(self, key: Hashable, make: Callable[[], T]) -> T:
        """Give the value that is here, or make and keep it; two threads may both make it."""
        found = self.get_many([key])
        if key not in found:
            found[key] = make()
            self.put(key, found[key])
        value: T = found[key]
        return value

    def of_state(self, key: Hashable, state: object, make: Callable[[], T]) -> T:
        """Give the value that was made of this state, else make it, in place of any other."""
        made: tuple[object, T] | None = self.get_many([key]).get(key)
        if made is None or made[0] != state:
            made = (state, make())
            self.put(key, made)
        return made[1]

    def put(self, key: Hashable, value: object) -> None:
        """Keep a value, at the cost of the one unused for longest."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._capacity:
                self._values.popitem(last=False)
