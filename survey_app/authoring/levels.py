"""What a commune may aim at, as data: levels of recognition by period, with their source and the forms that serve each.

`data/levels.json` is all that a new level needs. A level of which no form asks takes that of the level it is `like`.
Knows no survey, and decides no verdict: what is outside the programme is `criteria.frameworks`' to say.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from survey_app.authoring.queries import InstrumentView
from survey_app.questions.instrument import Text

_FILE = Path(__file__).parent / "data" / "levels.json"


@dataclass(frozen=True, slots=True)
class AimedLevel:
    """One level; `since` and `until` are the years of the documents that know it."""

    key: str
    title: Text
    since: int
    until: int
    #: The document that has it; "" where none does.
    source: str
    #: Kinds of unit that may aim at it.
    kinds: tuple[str, ...]
    #: Levels of forms that serve it besides its own.
    like: tuple[str, ...]
    #: Keys of shipped forms, the best first.
    forms: tuple[str, ...]
    #: Whether a form is only a sample for it, no matter who confirmed its words for another level.
    sample: bool

    def is_served_by(self, form_level: str) -> bool:
        """Whether a form of this level asks what is needed."""
        return form_level in (self.key, *self.like)


@cache
def levels() -> tuple[AimedLevel, ...]:
    """Every level, in the order of the file."""
    read = json.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(
        AimedLevel(
            key=one["key"],
            title=one["title"],
            since=one["since"],
            until=one["until"],
            source=one["source"],
            kinds=tuple(one["kinds"]),
            like=tuple(one["like"]),
            forms=tuple(one["forms"]),
            sample=one["sample"],
        )
        for one in read
    )


def level(key: str) -> AimedLevel | None:
    """The level of that key; None for one that the data do not have."""
    return next((one for one in levels() if one.key == key), None)


def levels_for(kind: str) -> tuple[AimedLevel, ...]:
    """What a unit of this kind may aim at."""
    return tuple(one for one in levels() if kind in one.kinds)


def form_for(aimed: AimedLevel, frozen: Iterable[InstrumentView]) -> InstrumentView | None:
    """The form that serves the level best: of its own level, confirmed, named by the data, the newest."""
    serving = [view for view in frozen if aimed.is_served_by(str(view.document["level"]))]
    return min(serving, key=lambda view: _rank(aimed, view), default=None)


def _rank(aimed: AimedLevel, view: InstrumentView) -> tuple[bool, bool, int, int, int]:
    named = aimed.forms.index(view.key) if view.key in aimed.forms else len(aimed.forms)
    is_of_another = view.document["level"] != aimed.key
    return is_of_another, view.confirmed_number is None, named, -view.version, view.id
