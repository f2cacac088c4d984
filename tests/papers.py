"""What papers are printed from, as values: no database, and dates that do not move."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from flask import Flask

from survey_app import authoring, i18n, templating
from survey_app.fieldwork import rounds
from survey_app.fieldwork.models import Purpose, State
from survey_app.fieldwork.queries import SurveyView
from survey_app.printing import views as print_views
from survey_app.questions import document
from survey_app.units.queries import UnitView

LIBRARY = Path(authoring.__file__).parent / "library"
TRANSLATIONS = Path(authoring.__file__).parents[2] / "translations"


@contextmanager
def printing_application() -> Iterator[Flask]:
    """What papers need of the application: templates and Vietnamese, no database."""
    app = Flask("survey_app")
    app.config["TRANSLATIONS"] = TRANSLATIONS
    i18n.init_app(app)
    templating.init_app(app)
    app.jinja_env.filters["annulment"] = rounds.sentence
    app.register_blueprint(print_views.bp)
    with app.app_context():
        yield app


def make_unit(name="Phung", kind="lang", code="23722001", level="village"):
    return UnitView(7, code, level, kind, name, "/1/2/7/", 2, date(2025, 7, 1), None)


def make_survey(form="xa-ntm", **changes):
    facts = {
        "id": "0A7",
        "unit": make_unit("Biển Hồ", "xa", "23722", "commune"),
        "instrument_id": 1,
        "instrument": document.load(json.loads((LIBRARY / f"{form}.json").read_text(encoding="utf-8"))),
        "purpose": Purpose.DECISION,
        "rehearsal": False,
        "state": State.OPEN,
        "plan_number": "12/KH-MTTQ",
        "plan_date": date(2026, 11, 2),
        "aim": "Lấy ý kiến để xét công nhận xã đạt chuẩn.",
        "contact": "Bà H'Lan, 0905 123 456",
        "opens_at": datetime(2026, 11, 24, 17, tzinfo=UTC),
        "closes_at": datetime(2026, 12, 5, 17, tzinfo=UTC),
        "counting_ends_at": None,
        "phones_closed_at": None,
        "link": None,
        "cover_token": "abcDEF123456",
        "confirmed": True,
        "published_at": None,
        "annulled_reason": None,
        "revision": 1,
        "key_destroyed": False,
        "pepper_mark": None,
        "stand_ins": (),
        "rulebook": None,
        "goal_percent": None,
        "keyed_twice": False,
        "place": "",
        "notices": None,
        "level": "",
    }
    return SurveyView(**{**facts, **changes})
