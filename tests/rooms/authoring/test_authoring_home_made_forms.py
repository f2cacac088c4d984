"""A form that was made here, by an office or by the operator, may ask for feedback; a decision asks the Front's words."""

import json
from importlib import resources

import pytest

from survey_app import db
from survey_app.audit import AuditEvent

HEADING = "commune,village,kind,households,source,as_of\n"


@pytest.fixture
def home_made(app, make_commune, tmp_path):
    """Import and freeze a form with one scored question of its own; its key."""
    make_commune()
    shipped = resources.files("survey_app.authoring").joinpath("library", "xa-ntm.json")
    content = json.loads(shipped.read_text(encoding="utf-8")) | {"key": "tu-lam"}
    content["questions"][0]["text"] = {
        "vi": "Hài lòng về chợ xã?",
        "en": "Are you satisfied with the market?",
    }
    file = tmp_path / "phieu.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    for words in (["import", str(file)], ["freeze", "tu-lam"]):
        done = app.test_cli_runner().invoke(args=["authoring", *words])
        assert done.exit_code == 0, done.output
    return "tu-lam"


@pytest.mark.parametrize(("purpose", "code"), [("decision", 1), ("feedback", 0)])
def test_a_home_made_form_is_opened_by_command_for_feedback_alone(app, home_made, tmp_path, purpose, code):
    frame = tmp_path / "khung.csv"
    frame.write_text(HEADING + "98001,Phung,lang,20,Xã,2026-01-31\n", encoding="utf-8")

    done = app.test_cli_runner().invoke(
        args=["fieldwork", "open", "--instrument", home_made, "--unit", "98001", "--frame", str(frame),
              "--opens", "2026-01-01", "--closes", "2099-01-01", "--purpose", purpose, "--contact", "0269 000 000"]
    )  # fmt: skip

    db.session().rollback()
    assert done.exit_code == code, done.output
    assert db.session().query(AuditEvent).filter_by(act="fieldwork.publish").count() == 1 - code
