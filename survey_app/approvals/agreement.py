"""Who must agree to an act, as data of the act: somebody of each of two sides, never one person for both.

Knows no table and no act.
"""

from dataclasses import dataclass

from survey_app import access
from survey_app.access import Role

Side = frozenset[Role]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two sides, of which one asks and the other decides; either may be the one that asks."""

    sides: tuple[Side, Side]
    #: Two parts of the first side that agree with each other where the second side is silent or refuses.
    instead: tuple[Side, Side] | None = None

    def __post_init__(self) -> None:
        for one, other in (self.sides, *([self.instead] if self.instead else [])):
            if not one or not other or not one.isdisjoint(other):
                raise ValueError("one side alone could agree")
        if self.instead and not (self.instead[0] | self.instead[1]) <= self.sides[0]:
            raise ValueError("only the first side goes on without the second")

    @property
    def askers(self) -> Side:
        """Who may ask."""
        return self.sides[0] | self.sides[1]

    def deciders(self, asked_as: Role) -> Side:
        """Who may decide on what somebody of this role asked; empty where that role had no part in it."""
        return _opposite(self.sides, asked_as)

    def deciders_instead(self, asked_as: Role) -> Side:
        """Who may decide besides, once the second side is silent or refuses; mostly nobody."""
        return _opposite(self.instead, asked_as) if self.instead else frozenset()

    def are_one_side(self, asked_as: Role, roles: Side) -> bool:
        """Whether these roles are on one and the same side opposite to the one that asked."""
        return any(roles <= side for side in (self.deciders(asked_as), self.deciders_instead(asked_as)))


def _opposite(sides: tuple[Side, Side], asked_as: Role) -> Side:
    for own, other in (sides, sides[::-1]):
        if asked_as in own:
            return other
    return frozenset()


#: Government and Front, of the commune or of the province in its place.
BOTH_BODIES = Agreement((access.OFFICERS, access.FRONT))
#: The consultation is the Front's and the commune's: the province's office has no part in it. Where the commune is
#: silent or refuses, its Front and that of the province agree together (ADR 35).
FRONT_AND_COMMUNE = Agreement(
    sides=(access.FRONT, access.OFFICERS & access.LOCAL),
    instead=(access.FRONT & access.LOCAL, access.FRONT & access.PROVINCIAL),
)
#: A matter of the province: no commune has a part in it.
BOTH_OF_THE_PROVINCE = Agreement((access.OFFICERS & access.PROVINCIAL, access.FRONT & access.PROVINCIAL))
