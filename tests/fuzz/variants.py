"""Further cases made of one that was thought of: thinking of a case takes longer than calling it."""

from collections.abc import Callable, Iterator
from random import Random

from schemathesis.generation.case import Case

from .rubbish import VALUES

OTHERS = [None, True, 0, -1, 1.5, 2**31, 10**30, [], {}, [[]], {"id": 1}]
IDS = [0, 1, 2**31, 2**63, 10**30]

type Place = tuple[dict | list, object]
"""What holds a value, and where in it."""


def variants(case: Case, chance: Random) -> Iterator[Case]:
    """The case as it is, then with a value that is bad, one from elsewhere, and one missing or there twice."""
    drawn = case.query, case.body, case.path_parameters
    yield case
    for change in (_spoil, _mix_up, _leave_out):
        case.query, case.body, case.path_parameters = (_copied(part) for part in drawn)
        if change(case, chance):
            yield case


VARIANTS = 4


def _copied(value: object) -> object:
    """Its dicts and lists anew; what is in them is never changed."""
    if isinstance(value, dict):
        return {key: _copied(part) for key, part in value.items()}
    return [_copied(part) for part in value] if isinstance(value, list) else value


def _places(value: object) -> Iterator[Place]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in entries:
        yield value, key
        yield from _places(part)


def _chosen(case: Case, chance: Random) -> Place | None:
    places = [*_places(case.body), *_places(case.query), *_places(case.path_parameters)]
    return chance.choice(places) if places else None


def _spoil(case: Case, chance: Random) -> bool:
    def bad(holder: dict | list, key: object) -> None:
        if holder is case.path_parameters:
            holder[key] = chance.choice(IDS)
        else:
            holder[key] = chance.choice(VALUES if holder is case.query else [*VALUES, *OTHERS])

    return _at_a_place(case, chance, bad)


def _mix_up(case: Case, chance: Random) -> bool:
    def other(holder: dict | list, key: object) -> None:
        source, name = _chosen(case, chance)
        value = source[name]
        if holder is case.path_parameters and not isinstance(value, int):
            value = chance.choice(IDS)
        holder[key] = str(value) if holder is case.query else _copied(value)

    return _at_a_place(case, chance, other)


def _leave_out(case: Case, chance: Random) -> bool:
    def away(holder: dict | list, key: object) -> None:
        if holder is case.path_parameters:
            holder[key] = chance.choice(IDS)
        elif isinstance(holder, dict):
            del holder[key]
        else:
            holder.append(_copied(holder[key]))

    return _at_a_place(case, chance, away)


def _at_a_place(case: Case, chance: Random, change: Callable[[dict | list, object], None]) -> bool:
    place = _chosen(case, chance)
    if place:
        change(*place)
    return place is not None
