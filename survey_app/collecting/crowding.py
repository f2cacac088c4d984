"""Rate limit of an open link: how many answers it takes from one network in a minute, so that no script fills it.

Counted in the memory of this process alone, for the running minute, under a key that is drawn again with the process:
nothing is written, and after the minute nothing is known any more. Answers with a household's code are not counted.
"""

import hmac
import secrets
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app

from survey_app.collecting.queries import Door
from survey_app.collecting.refusals import TooManyFromHere

#: Answers that one process takes through open links from one network in one minute: a meeting in a village hall,
#: all behind one address, stays below it; who comes after waits for the next minute (trust: at most 60 s).
ANSWERS_A_MINUTE = 40


@dataclass(slots=True)
class _Minute:
    """The counts of one minute, by keyed digest of the network."""

    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    start: datetime | None = None
    answers: Counter[bytes] = field(default_factory=Counter)


def admit(door: Door, network: str | None, now: datetime) -> None:
    """Count one answer that is sent through an open link. Raises TooManyFromHere beyond the minute's limit."""
    if door.code_mac is not None:
        return
    minute: _Minute = current_app.extensions.setdefault("crowding", _Minute())
    start = now.replace(second=0, microsecond=0)
    if minute.start != start:
        minute.start, minute.answers = start, Counter()
    key = hmac.digest(minute.secret, f"{door.survey.id}\0{network or ''}".encode(), "sha256")
    minute.answers[key] += 1
    if minute.answers[key] > ANSWERS_A_MINUTE:
        raise TooManyFromHere(60 - now.second)
