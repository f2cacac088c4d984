"""Which rows of a list add up others, by their numbers alone: no list of words knows what offices call a sum.

That a number fits is no proof. It is a reason to ask.
"""

from collections import defaultdict
from collections.abc import Sequence

from survey_app.units.lists.entries import ListEntry


def by_number(entries: Sequence[ListEntry]) -> set[int]:
    """The places of entries whose number is the sum of two rows at least of their commune.

    Of all rows above, of those since the last sum, or of all others: a sum may be the first row.
    """
    of_communes: defaultdict[str, list[int]] = defaultdict(list)
    for place, entry in enumerate(entries):
        of_communes[entry.commune].append(place)
    found: set[int] = set()
    for places in of_communes.values():
        found |= {places[one] for one in _sums([entries[place].households for place in places])}
    return found


def _sums(numbers: Sequence[int]) -> set[int]:
    """
    >>> _sums([97, 55, 152]), _sums([152, 97, 55]), _sums([1, 2, 3, 4, 5, 9, 12]), _sums([97, 97, 55])
    ({2}, {0}, {2, 5, 6}, set())
    """
    found: set[int] = set()
    since = 0
    for place, number in enumerate(numbers):
        parts = [one for earlier, one in enumerate(numbers[:place]) if earlier not in found]
        sums = [parts, numbers[since:place], numbers[:place]]
        if any(len(part) > 1 and sum(part) == number for part in sums):
            found.add(place)
            since = place + 1
    others = [one for place, one in enumerate(numbers) if place not in found]
    if len(others) > 2 and numbers[0] * 2 == sum(others):
        found.add(0)
    return found
