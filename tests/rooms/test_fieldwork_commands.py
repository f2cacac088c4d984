"""The operator's commands: their JSON word for word, their refusals, and that each leaves a note."""

import csv
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from survey_app import db
from survey_app.audit import AuditEvent
from survey_app.fieldwork import batches, codes, frames, queries
from survey_app.fieldwork.models import Purpose, State
from survey_app.keys import store
from survey_app.units import queries as units

HEADING = "commune,village,kind,households,source,as_of\n"
DAY = timedelta(days=1)


@pytest.fixture
def run(app):
    """Run a command as from a shell of its own; exit code, standard output, standard error."""
    runner = app.test_cli_runner()

    def call(*arguments):
        db.session().rollback()
        done = runner.invoke(args=[str(argument) for argument in arguments])
        db.session().rollback()
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.stdout, done.stderr

    return call


@pytest.fixture
def frame(tmp_path):
    def write(*rows):
        file = tmp_path / "khung.csv"
        file.write_text(HEADING + "".join(f"{row}\n" for row in rows), encoding="utf-8")
        return file

    return write


@pytest.fixture
def open_survey(run, frame):
    """Open a survey of the commune 98001 by command."""
    today = units.civil(datetime.now(UTC))

    def call(file=None, **options):
        given = {
            "instrument": "xa-ntm", "unit": "98001", "opens": today - DAY, "closes": today + DAY, "purpose": "decision",
        } | options  # fmt: skip
        file = file or frame(
            "98001,Phung,làng,76,Báo cáo xã,2026-01-31", "98001,Mới,thon,30,Báo cáo xã,31/01/2026"
        )
        arguments = [part for name, value in given.items() for part in (f"--{name}", value)]
        return run("fieldwork", "open", *arguments, "--frame", file, "--json")

    return call


def test_open_creates_and_opens_a_survey_whose_frame_is_the_file(commune, open_survey):
    code, out, err = open_survey(contact="Bà Hoa, 0269 123 456")

    number = json.loads(out)["survey"]
    survey, asked = queries.survey(db.session(), number), frames.frame(db.session(), number)
    assert (code, set(json.loads(out))) == (0, {"survey"})
    assert "20 → 76" in err
    assert (survey.state, survey.confirmed) == (State.OPEN, False)
    assert [(line.unit.full_name, line.households) for line in asked] == [
        ("Thôn Mới", 30),
        ("Làng Phung", 76),
    ]
    assert all(re.fullmatch(r"98001\d{3}", line.unit.code) for line in asked)


@pytest.mark.parametrize("contact", [{}, {"contact": "Xã Mẫu"}], ids=["nobody", "no number"])
def test_a_survey_without_a_number_opens_says_so_and_tells_nobody_to_call(
    client, commune, open_survey, contact
):
    code, out, err = open_survey(**contact)

    survey = queries.survey(db.session(), json.loads(out)["survey"])
    village = frames.frame(db.session(), survey.id)[0].unit
    with db.transaction() as current:
        batch = batches.make_slips(
            current, survey.id, village.id, 1, spare_percent=5, actor="x", now=datetime.now(UTC), keys=store()
        )
    page = client.get(f"/k/{batch.codes[0]}").text
    assert (code, survey.whom_to_call, "--contact" in err) == (0, "", True)
    assert "gọi" not in page
    assert "Xã Mẫu." not in page


def test_open_takes_numbers_of_the_frame_and_tells_those_that_look_wrong(commune, open_survey, frame):
    code, out, err = open_survey(frame("98001,Phung,lang,300,Báo cáo xã,2025-01-31", "Tổng,,,300,,"))

    (line,) = frames.frame(db.session(), json.loads(out)["survey"])
    assert (code, line.households) == (0, 300)
    assert len(err.splitlines()) == 4


def test_open_does_not_take_a_village_under_a_second_name(commune, open_survey, frame):
    rows = frame(
        "98001,Làng Phung,lang,76,Báo cáo xã,2026-01-31", "98001,Phung 2,lang,5,Báo cáo xã,2026-01-31"
    )
    open_survey(rows)
    other = frame("98001,Phung II,lang,6,Báo cáo xã,2026-01-31")

    code, out, err = open_survey(other, opens="2099-01-01", closes="2099-02-01")
    (key,) = re.findall(r"who-\S+-2", err)
    taken = open_survey(other, opens="2099-01-01", closes="2099-02-01", answer=f"{key}=new")

    assert (code, out) == (1, "")
    assert taken[0] == 0


def test_open_waits_for_its_first_day(commune, open_survey):
    today = units.civil(datetime.now(UTC))

    _code, out, _err = open_survey(opens=today + DAY, closes=(today + 9 * DAY).strftime("%d/%m/%Y"))

    survey = queries.survey(db.session(), json.loads(out)["survey"])
    assert (survey.state, survey.first_day, survey.last_day) == (
        State.PUBLISHED,
        today + DAY,
        today + 9 * DAY,
    )


def test_open_takes_an_hour_in_vietnam(commune, open_survey):
    _code, out, _err = open_survey(closes="2099-12-05T17:00")

    survey = queries.survey(db.session(), json.loads(out)["survey"])
    assert survey.closes_at == datetime(2099, 12, 5, 10, tzinfo=UTC)


def test_open_makes_a_feedback_survey_with_a_link_and_no_frame(commune, open_survey):
    _code, out, _err = open_survey(purpose="feedback")

    survey = queries.survey(db.session(), json.loads(out)["survey"])
    assert (survey.purpose, bool(survey.link)) == (Purpose.FEEDBACK, True)
    assert frames.frame(db.session(), survey.id) == ()


@pytest.mark.parametrize(
    "options",
    [{"instrument": "no-such-form"}, {"unit": "00000"}, {"unit": "98"}, {"opens": "soon"}, {"purpose": "fun"},
     {"closes": "2020-01-01"}, {"opens": "2099-01-02", "closes": "2099-01-01"}],
    ids=str,
)  # fmt: skip
def test_open_refuses_what_cannot_be_and_makes_nothing(commune, open_survey, options):
    code, out, err = open_survey(**options)

    assert code != 0
    assert out == ""
    assert err
    assert "Traceback" not in err
    assert queries.surveys_under(db.session(), "/") == ()


@pytest.mark.parametrize("purpose", ["decision", "feedback"])
def test_open_names_every_wrong_row_of_the_frame(commune, open_survey, frame, purpose):
    code, _out, err = open_survey(
        frame("98001,Phung,lang,nhiều,BC,2026-01-31", "98001,Bang,xyz,10,BC,2026-01-31"), purpose=purpose
    )

    assert code == 1
    assert "nhiều" in err
    assert "xyz" in err


def test_open_refuses_a_decision_survey_without_a_frame(commune, run):
    today = units.civil(datetime.now(UTC))

    code, _out, err = run(
        "fieldwork",
        "open",
        "--instrument",
        "xa-ntm",
        "--unit",
        "98001",
        "--opens",
        today,
        "--closes",
        today,
        "--json",
    )

    assert code == 1
    assert err


def test_open_refuses_a_second_decision_survey_in_the_same_days(commune, open_survey):
    open_survey()

    assert open_survey()[0] == 1


def test_slips_writes_the_codes_to_the_file_and_nowhere_else(commune, open_survey, run, tmp_path):
    number = json.loads(open_survey()[1])["survey"]
    file = tmp_path / "phieu.csv"

    code, out, _err = run(
        "fieldwork",
        "slips",
        "--survey",
        number,
        "--village",
        "Làng Phung",
        "--count",
        76,
        "--out",
        file,
        "--json",
    )

    raw = file.read_bytes()
    rows = list(csv.DictReader(raw.decode("utf-8-sig").splitlines()))
    assert (code, raw[:3]) == (0, b"\xef\xbb\xbf")
    assert list(rows[0]) == ["village", "code", "url"]
    assert len({codes.normalise(row["code"]) for row in rows}) == 76
    assert (
        rows[0]["url"].casefold()
        == f"https://khaosat.example.vn/k/{codes.normalise(rows[0]['code'])}".casefold()
    )
    assert not any(row["code"] in out for row in rows)


@pytest.mark.parametrize("village", ["98001001", "Phung", "làng phung", "LÀNG PHUNG"])
def test_slips_finds_the_village_by_code_or_name(commune, open_survey, run, tmp_path, village):
    number = json.loads(open_survey()[1])["survey"]
    line = next(line for line in frames.frame(db.session(), number) if line.unit.name == "Phung")
    wanted = line.unit.code if village.isdecimal() else village

    code, out, _err = run(
        "fieldwork",
        "slips",
        "--survey",
        number,
        "--village",
        wanted,
        "--count",
        1,
        "--out",
        tmp_path / "x.csv",
        "--json",
    )

    assert (code, json.loads(out)["village"]) == (0, line.unit.code)


@pytest.mark.parametrize(
    "options",
    [
        {"survey": "ZZZ"},
        {"village": "Nowhere"},
        {"count": 1000},
        {"count": 0},
        {"out": "x.docx"},
        {"out": "no/folder/x.csv"},
    ],
    ids=str,
)
def test_slips_refuses_what_cannot_be_and_makes_none(commune, open_survey, run, tmp_path, options):
    number = json.loads(open_survey()[1])["survey"]
    given = {"survey": number, "village": "Phung", "count": 5, "out": "x.csv"} | options
    given["out"] = tmp_path / given["out"]

    code, out, err = run(
        "fieldwork", "slips", *[part for name, value in given.items() for part in (f"--{name}", value)]
    )

    assert (code, out) == (1, "")
    assert err
    assert queries.batches(db.session(), number) == ()


def test_progress_is_exact_and_by_channel(client, commune, open_survey, run, tmp_path, submission):
    number = json.loads(open_survey()[1])["survey"]
    file = tmp_path / "phieu.csv"
    run("fieldwork", "slips", "--survey", number, "--village", "Phung", "--count", 3, "--out", file)
    for row in list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))[:2]:
        client.post("/api/v1/submissions", json=submission(code=row["code"]))

    code, out, _err = run("fieldwork", "progress", "--survey", number, "--json")

    by_village = {village["unit"]: village for village in json.loads(out)["villages"]}
    phung = next(line.unit.code for line in frames.frame(db.session(), number) if line.unit.name == "Phung")
    assert (code, json.loads(out)["survey"], len(by_village)) == (0, number, 2)
    assert by_village.pop(phung) == {
        "unit": phung,
        "households": 76,
        "answered": 2,
        "channels": {"self_online": 2},
    }
    assert [(village["answered"], village["channels"]) for village in by_village.values()] == [(0, {})]


def test_progress_of_an_unknown_survey_is_refused(run):
    assert run("fieldwork", "progress", "--survey", "ZZZ", "--json")[0] == 1


def test_tick_prints_what_each_job_did(run):
    code, out, _err = run("fieldwork", "tick", "--json")

    assert code == 0
    assert json.loads(out)["fieldwork"] == {"opened": 0, "closed": 0, "copied": 0}


def test_tick_names_a_job_that_failed_and_exits_with_1_after_the_others_ran(app, run):
    def break_off(_now):
        raise OSError("/secret/place")

    app.extensions["jobs"] = {"bad": break_off} | app.extensions["jobs"]

    code, out, err = run("fieldwork", "tick", "--json")

    assert code == 1
    assert json.loads(out)["fieldwork"] == {"opened": 0, "closed": 0, "copied": 0}
    assert "bad: OSError" in err
    assert "secret" not in out + err


def test_acts_of_the_operator_are_noted_as_such(commune, open_survey):
    number = json.loads(open_survey()[1])["survey"]

    noted = db.session().scalars(select(AuditEvent).where(AuditEvent.subject == f"survey:{number}")).all()

    assert {event.act for event in noted} == {"fieldwork.draft", "fieldwork.publish"}
    assert {event.actor for event in noted} == {"operator"}


def test_slips_for_a_village_that_is_not_asked_names_those_that_are(commune, open_survey, run, tmp_path):
    number = json.loads(open_survey()[1])["survey"]

    code, _out, err = run(
        "fieldwork",
        "slips",
        "--survey",
        number,
        "--village",
        "98001999",
        "--count",
        1,
        "--out",
        tmp_path / "x.csv",
    )

    asked = [line.unit for line in frames.frame(db.session(), number)]
    assert code == 1
    assert "98001999" in err
    assert all(f"{village.code}  {village.full_name}" in err for village in asked)
