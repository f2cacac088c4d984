"""Who must agree to an act, as data of the act: somebody of each of two sides, never one person for both.

Knows no table and no act.
"""

from dataclasses import dataclass

from survey_app import access
from survey_app.access import Role


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two sets of roles, of which one asks and the other decides; either may be the one that asks."""

    sides: tuple[frozenset[Role], frozenset[Role]]

    def __post_init__(self) -> None:
        if not all(self.sides) or not self.sides[0].isdisjoint(self.sides[1]):
            raise ValueError("one side alone could agree")

    @property
    def askers(self) -> frozenset[Role]:
        """Who may ask."""
        return self.sides[0] | self.sides[1]

    def deciders(self, asked_as: Role) -> frozenset[Role]:
        """Who may decide on what somebody of this role asked; empty where that role had no part in it."""
        for own, other in (self.sides, self.sides[::-1]):
            if asked_as in own:
                return other
        return frozenset()


#: Government and Front, of the commune or of the province in its place.
BOTH_BODIES = Agreement((access.OFFICERS, access.FRONT))
#: A matter of the province: no commune has a part in it.
BOTH_OF_THE_PROVINCE = Agreement((access.OFFICERS & access.PROVINCIAL, access.FRONT & access.PROVINCIAL))
