"""The sample company's past: its first months are lived through in order, each act on its day.

Nothing but the sample data can turn the clock, and only while it is being made: dates have to be given by the services
themselves, as they are in life, and not to be written over afterwards.
"""

import datetime
import heapq
import itertools
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

from django.utils import timezone

from inventory_project.base.clock import business_day, business_zone, start_of_day
from inventory_project.base.errors import RuleViolation

DAYS = 75
OPENS, CLOSES = 8, 18

# What happens to one thing. It yields how many working days go by until its next step.
Life = Generator[float, None, None]


class Diary:
    """What is going to happen, in order of time, up to today; what would come later does not happen."""

    def __init__(self) -> None:
        self._present = timezone.now()
        self._days = list(_working_days(business_day(self._present)))
        self._waiting: list[tuple[float, int, Life]] = []
        self._places = itertools.count()
        self._at = 0.0
        self._latest = self._moment(0.0)

    def begin(self, life: Life, after: float = 0.0) -> None:
        """Somebody or something starts its life so many working days from now."""
        heapq.heappush(self._waiting, (self._at + after, next(self._places), life))

    def live(self, say: Callable[[float], None]) -> None:
        """Go through the days; `say` hears how many are over."""
        while self._waiting and self._waiting[0][0] < DAYS:
            self._at, _place, life = heapq.heappop(self._waiting)
            say(self._at)
            with self.set_clock():
                self._step(life)

    def _step(self, life: Life) -> None:
        try:
            self.begin(life, next(life))
        except (StopIteration, RuleViolation):
            return  # on hold, over the limit or out of stock: it stays where it is, as in real life

    @contextmanager
    def set_clock(self) -> Iterator[None]:
        """Let the clock run on from the present moment of the diary; it never goes back."""
        moment, started, real = max(self._latest, self._moment(self._at)), time.monotonic(), timezone.now

        def now() -> datetime.datetime:
            self._latest = moment + datetime.timedelta(seconds=time.monotonic() - started)
            return self._latest

        timezone.now = now
        try:
            yield
        finally:
            timezone.now = real

    def _moment(self, at: float) -> datetime.datetime:
        """In working hours; today's are those until now."""
        day, part = self._days[int(at)], at % 1
        if day == self._days[-1]:
            midnight = start_of_day(day)
            return midnight + (self._present - midnight) * part
        opens = datetime.datetime.combine(day, datetime.time(OPENS), business_zone())
        return (opens + datetime.timedelta(hours=CLOSES - OPENS) * part).astimezone(datetime.UTC)


def _working_days(last: datetime.date) -> list[datetime.date]:
    """The last day, whatever it is, and the Mondays to Fridays before it."""
    days = [last]
    day = last
    while len(days) < DAYS:
        day -= datetime.timedelta(days=1)
        if day.weekday() < 5:
            days.append(day)
    return days[::-1]
