"""What most abuse cases begin with: an open survey of a commune, its slips, and a phone that sends answers."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from survey_app import db
from survey_app.collecting.models import Response, SealedResponse, SpentCode
from survey_app.fieldwork.models import Progress
from survey_app.fieldwork.queries import SurveyView
from tests.factories import Commune, move_on
from tests.rooms.sealing.conftest import linh_cang, surveys

__all__ = ["linh_cang", "move_on", "surveys"]

API = "/api/v1/submissions"


@dataclass(frozen=True)
class Stored:
    """How many responses, spent codes and counted households there are."""

    responses: int
    spent: int
    counted: int


@pytest.fixture
def commune(make_commune) -> Commune:
    return make_commune(Phung=100, Bang=60)


@pytest.fixture
def survey(commune, make_survey) -> SurveyView:
    return make_survey(commune)


@pytest.fixture
def slips(commune, survey, hand_out) -> tuple[str, ...]:
    """Codes of the village Phung."""
    return hand_out(survey, commune.villages["Phung"], 30)


@pytest.fixture
def slip(slips) -> str:
    return slips[0]


@pytest.fixture
def send(client, submission) -> Callable:
    """Send an answer by the machine door."""
    return lambda code, **changes: client.post(API, json=submission(code=code, **changes))


@pytest.fixture
def texts(commune, make_form, make_survey, hand_out) -> tuple[str, ...]:
    """Codes of a survey that asks for a number, a short and a long text too."""
    form = make_form(
        _ask("people", "number", minimum=-100, maximum=100),
        _ask("name", "short_text"),
        _ask("remarks", "long_text"),
    )
    return hand_out(make_survey(commune, form=form), commune.villages["Phung"], 60)


@pytest.fixture
def stored(app) -> Callable[[], Stored]:
    """What the database holds now, of all surveys together."""

    def count() -> Stored:
        current = db.session()
        current.rollback()
        rows = [
            current.scalar(select(func.count()).select_from(table))
            for table in (Response, SealedResponse, SpentCode)
        ]
        return Stored(rows[0] + rows[1], rows[2], current.scalar(select(func.sum(Progress.answered))) or 0)

    return count


def _ask(key: str, kind: str, **more: object) -> dict[str, object]:
    return {"key": key, "kind": kind, "text": {"vi": f"Câu {key}?", "en": f"Question {key}?"}} | more
