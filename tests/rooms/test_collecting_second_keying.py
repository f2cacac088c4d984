"""Keying drawn paper slips again: by another person, blind, and with nothing kept but whether both agree."""

import hashlib
import hmac
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from flask import current_app
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from survey_app import db
from survey_app.access import Role
from survey_app.audit import AuditEvent
from survey_app.collecting import held, leaves, paper, queries, schedule, second_keying
from survey_app.collecting.models import HeldSlip, KeyingWay, PaperKeyer, Response, SecondKeyingRow
from survey_app.collecting.operations import Submission
from survey_app.fieldwork import codes
from survey_app.fieldwork import operations as fieldwork
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.models import Channel, Purpose, State, Survey
from survey_app.keys import store
from survey_app.questions.answers import read_answers
from tests.pages import Page
from tests.rooms.test_collecting_paper import kept

FIRST = {"planning": "satisfied", "transport": "dissatisfied"}


@pytest.fixture
def clerk(commune, sign_in):
    """Who keys first."""
    return sign_in(Role.CLERK, commune.unit)


@pytest.fixture
def second(commune, sign_in):
    """Continue as another clerk of the commune."""
    return lambda: sign_in(Role.CLERK, commune.unit, "-hai")


@pytest.fixture
def keyed(commune, survey, clerk, hand_out):
    """Have the first clerk key slips of a village; the codes of those drawn."""

    def key(count=12, village="Phung"):
        for code in hand_out(survey, commune.villages[village], count):
            answers = read_answers(survey.instrument, FIRST).answers
            with db.transaction() as current:
                typed = codes.normalise(code)
                door = queries.slip_door(current, survey, typed, store())
                sent = Submission(str(uuid.uuid4()), answers, Channel.PAPER_ENTRY)
                paper.store_slip(
                    current, door, typed, sent, way=KeyingWay.DIGITS, by=signed_in(), now=datetime.now(UTC), keys=store()
                )  # fmt: skip
        return drawn(survey)

    return key


def signed_in():
    """The number of the account the next request comes from."""
    return current_app.extensions["identity_loader"]().user_id


def fresh():
    current = db.session()
    current.rollback()
    return current


def drawn(survey):
    """The codes of slips that wait, as somebody sees them who keyed nothing and holds the papers."""
    current = fresh()
    listed = [slip for found in second_keying.waiting(current, survey, 0, store()) for slip in found.waiting]
    printed = codes_of_all(survey)
    return [next((code for code in printed if slip.endswith(code[-9:])), slip) for slip in listed]


def codes_of_all(survey):
    leaves_of_all = fresh().scalars(select(Response.leaf)).all()
    return sorted(paper.codes_of(db.session(), survey, leaves_of_all, store()).values())


def leaf_of(survey, code):
    return paper.leaf_of(fresh(), survey, codes.normalise(code), store())


def address(survey):
    return f"/can-bo/nhap-phieu/{survey.id}/nhap-lai"


def key_again(client, survey, **fields):
    saved = type_again(client, survey, **fields)
    if saved.status_code == 303:
        client.post(address(survey) + "/luu", data=form_token(client, survey))
    return saved


def type_again(client, survey, **fields):
    form = Page(client.get(address(survey)).text).form(class_="paper-form")
    return client.post(address(survey), data=form.keyed(**fields))


def form_token(client, survey):
    form = Page(client.get(address(survey)).text).form(class_="paper-form")
    return {"csrf_token": form.data()["csrf_token"]}


def rows():
    return fresh().scalars(select(SecondKeyingRow)).all()


def test_who_keys_paper_of_a_village_is_remembered_and_no_slip_of_it(commune, survey, clerk, hand_out):
    (code,) = hand_out(survey, commune.villages["Phung"], 1)
    page = Page(clerk.get(f"/can-bo/nhap-phieu/{survey.id}?cach=tung-so").text)

    data = page.form(class_="paper-form").keyed(_code=code, **FIRST)
    clerk.post(f"/can-bo/nhap-phieu/{survey.id}", data=data)
    clerk.post(f"/can-bo/nhap-phieu/{survey.id}/luu", data=data)

    assert [(row.unit_id, row.user_id) for row in fresh().scalars(select(PaperKeyer))] == [
        (commune.villages["Phung"].id, signed_in())
    ]


def test_one_slip_in_ten_is_drawn_by_the_pepper_and_by_nothing_else(survey, keyed):
    drawn_codes = keyed(12)

    key = hmac.new(store().pepper(survey.id), b"second-keying", "sha256").digest()
    ranked = sorted(
        fresh().scalars(select(Response.leaf)),
        key=lambda leaf: hmac.new(key, leaf.encode(), hashlib.sha256).digest(),
    )
    assert {leaf_of(survey, code) for code in drawn_codes} == set(ranked[:2])
    assert drawn(survey) == drawn_codes


@pytest.mark.parametrize(
    ("again", "differs"),
    [(FIRST, False), (FIRST | {"transport": "satisfied"}, True), ({"planning": "satisfied"}, True)],
    ids=["the same", "one other answer", "one left blank"],
)
def test_a_second_keying_keeps_whether_both_agree_and_nothing_of_person_or_time(
    commune, survey, keyed, second, again, differs
):
    receipt = keyed()[0]

    saved = key_again(second(), survey, _code=receipt, **again)

    (row,) = rows()
    assert saved.status_code == 303
    assert (row.unit_id, row.differs) == (commune.villages["Phung"].id, differs)
    assert set(SecondKeyingRow.__table__.columns.keys()) == {"survey_id", "leaf", "unit_id", "differs"}
    assert row.leaf == leaf_of(survey, receipt)


def test_the_act_is_noted_by_village_alone(commune, survey, keyed, second):
    receipt = keyed()[0]
    key_again(second(), survey, _code=receipt, **FIRST)

    noted = fresh().scalars(select(AuditEvent).where(AuditEvent.act == "collecting.second_keying")).one()
    assert noted.details == {"village": commune.villages["Phung"].code}


def test_the_last_twelve_digits_are_enough_and_the_list_shows_fewer(survey, keyed, second):
    code = keyed()[0]

    listed = second().get(address(survey)).text
    saved = key_again(second(), survey, _code=code[-14:], **FIRST)

    assert (f"…{code[-9:]}" in listed, code[-14:] in listed) == (True, False)
    assert (saved.status_code, len(rows())) == (303, 1)


def test_a_slip_keyed_before_codes_were_kept_is_listed_and_found_by_its_receipt(survey, keyed, second):
    leaf = leaf_of(survey, keyed()[0])
    with db.transaction() as current:
        paper.keep_only(current, survey.id, ())
    receipt = leaves.receipt(survey.id, leaf)

    listed = second().get(address(survey)).text
    saved = key_again(second(), survey, _code=receipt.removeprefix("BN 0001 – "), **FIRST)

    assert receipt in listed
    assert (saved.status_code, [row.leaf for row in rows()]) == (303, [leaf])


def test_a_choice_that_is_not_marked_is_not_taken_for_blank(survey, keyed, second):
    code, client = keyed()[0], second()
    form = Page(client.get(address(survey)).text).form(class_="paper-form")

    refused = client.post(address(survey), data=form.data(_code=code, **FIRST))

    assert (refused.status_code, kept(refused)["planning"]) == (422, ["satisfied"])
    assert refused.text.count('field-error" id="q-') == 18


def test_a_blank_slip_and_an_invalid_one_agree(commune, survey, clerk, hand_out, second):
    (code,) = hand_out(survey, commune.villages["Bang"], 1)
    form = Page(clerk.get(f"/can-bo/nhap-phieu/{survey.id}?cach=tung-so").text).form(class_="paper-form")
    clerk.post(f"/can-bo/nhap-phieu/{survey.id}", data=form.keyed(_code=code, _invalid="unreadable"))
    clerk.post(f"/can-bo/nhap-phieu/{survey.id}/luu", data=form.data())

    saved = key_again(second(), survey, _code=drawn(survey)[0], _invalid="all_blank")

    assert (saved.status_code, [row.differs for row in rows()]) == (303, [False])


def test_who_keyed_paper_of_a_village_sees_no_slip_of_it_and_is_refused(survey, keyed, clerk):
    receipt = keyed()[0]

    page = clerk.get(address(survey))
    refused = key_again(clerk, survey, _code=receipt, **FIRST)

    assert receipt[-9:] not in page.text
    assert (refused.status_code, rows()) == (403, [])
    assert kept(refused)["_code"] == [receipt]


def test_who_keyed_one_village_may_check_another(commune, survey, keyed, second, hand_out):
    keyed(2, "Bang")
    person = second()
    with db.transaction() as current:
        current.add(
            PaperKeyer(survey_id=survey.id, unit_id=commune.villages["Phung"].id, user_id=signed_in())
        )

    assert key_again(person, survey, _code=drawn(survey)[0], **FIRST).status_code == 303


def test_the_second_keyer_is_never_shown_what_is_stored(survey, keyed, second):
    receipt = keyed()[0]
    client = second()

    pages = [
        client.get(address(survey)),
        key_again(client, survey, _code=receipt),
        client.get(key_again(client, survey, _code=receipt, planning="dissatisfied").location),
        key_again(client, survey, _code=receipt, planning="dissatisfied"),
    ]

    assert [page.status_code for page in pages] == [200, 422, 200, 409]
    for page in pages:
        ticked = {name: value for name, value in kept(page).items() if name in FIRST and value != [""]}
        assert ticked in ({}, {"planning": ["dissatisfied"]})


def test_while_phones_are_open_nothing_tells_whether_keyings_agree(commune, survey, keyed, sign_in, second):
    receipts = keyed()
    pages = []
    for receipt, again in zip(receipts, (FIRST, {"planning": "dissatisfied"}), strict=True):
        saved = key_again(second(), survey, _code=receipt, **again)
        pages.append(second().get(saved.location).text)

    seen = sign_in(Role.FRONT_COMMUNE, commune.unit).get(f"/can-bo/dot/{survey.id}").text
    of_the_law = "số, ngày cần đối chiếu"
    assert all("đối chiếu" not in text.replace(of_the_law, "") for text in (*pages, seen))


def test_once_the_phones_are_closed_the_survey_page_names_the_village_to_compare(
    commune, survey, keyed, second, sign_in, move_on
):
    receipts = keyed()
    key_again(second(), survey, _code=receipts[0], planning="dissatisfied")
    move_on(survey, State.COUNTING)

    page = sign_in(Role.COMMUNE, commune.unit).get(f"/can-bo/dot/{survey.id}")

    assert "cần đối chiếu" in page.text.lower()
    assert "Làng Phung" in Page(page.text).text("p")
    assert "1 %" in page.text.replace("\u00a0", " ")


def test_a_wrong_code_says_what_is_wrong_and_keeps_the_typing(survey, keyed, second):
    receipts = keyed()
    everything = codes_of_all(survey)
    wrong = {
        "nothing": "",
        "too short": f"{survey.id}-AAAA",
        "one letter wrong": receipts[0][:-1] + ("0" if receipts[0][-1] != "0" else "2"),
        "not drawn": next(one for one in everything if one not in receipts),
        "another survey": codes.new_code("0099"),
        "a receipt of another survey": leaves.receipt("0ZZ", "ab" * 32),
    }

    refused = {name: key_again(second(), survey, _code=typed, **FIRST) for name, typed in wrong.items()}

    assert {name: page.status_code for name, page in refused.items()} == dict.fromkeys(wrong, 422)
    assert rows() == []
    for name, page in refused.items():
        assert kept(page)["_code"] == [wrong[name]]
        assert (kept(page)["planning"], kept(page)["transport"]) == (["satisfied"], ["dissatisfied"])
        assert 'role="alert"' in page.text


def test_a_slip_is_keyed_again_once(survey, keyed, second):
    receipt = keyed()[0]
    key_again(second(), survey, _code=receipt, **FIRST)

    again = key_again(second(), survey, _code=receipt, planning="dissatisfied")

    assert (again.status_code, [row.differs for row in rows()]) == (409, [False])
    assert receipt not in drawn(survey)


def test_a_lost_key_keeps_everything_that_was_keyed(app, survey, keyed, second):
    receipt = keyed()[0]
    form = Page(second().get(address(survey)).text).form(class_="paper-form")
    pepper = app.extensions["keys"].folder / "peppers" / survey.id
    content = pepper.read_bytes()
    pepper.unlink()

    page = second().post(address(survey), data=form.keyed(_code=receipt, **FIRST))
    pepper.write_bytes(content)

    assert (page.status_code, kept(page)["_code"]) == (503, [receipt])
    assert kept(page)["planning"] == ["satisfied"]


def test_while_paper_is_counted_the_list_of_today_says_how_many_slips_are_left(
    commune, survey, keyed, second, move_on
):
    receipts = keyed()
    with db.transaction() as current:
        fieldwork.copy_progress(current, datetime.now(UTC))
    move_on(survey, State.COUNTING)
    before = second().get("/can-bo").text

    for receipt in receipts:
        key_again(second(), survey, _code=receipt, **FIRST)

    assert address(survey) in before
    assert "Còn 2 phiếu giấy" in before
    assert address(survey) not in second().get("/can-bo").text


def test_after_sealing_nothing_is_keyed_again_and_what_was_found_stands(survey, keyed, second, move_on):
    receipts = keyed()
    key_again(second(), survey, _code=receipts[0], **FIRST)
    form = Page(second().get(address(survey)).text).form(class_="paper-form")
    move_on(survey, State.SEALED)

    refused = second().post(address(survey), data=form.keyed(_code=receipts[1], **FIRST))

    assert refused.status_code == 409
    assert second().get(address(survey)).status_code == 200
    assert [row.differs for row in rows()] == [False]


def test_after_sealing_the_database_refuses_to_change_what_was_found(survey, keyed, second, move_on):
    receipt = keyed()[0]
    key_again(second(), survey, _code=receipt, **FIRST)
    move_on(survey, State.SEALED)

    for change in ("UPDATE second_keyings SET differs = NOT differs", "DELETE FROM second_keyings"):
        with pytest.raises(DBAPIError), db.transaction() as current:
            current.execute(text(change))


def test_after_sealing_no_hidden_column_joins_a_second_keying_with_who_did_it(survey, keyed, second, move_on):
    receipts = keyed()
    for receipt in receipts:
        key_again(second(), survey, _code=receipt, **FIRST)
    move_on(survey, State.SEALED)

    current = fresh()
    if current.get_bind().dialect.name == "sqlite":
        with pytest.raises(DBAPIError):
            current.execute(text("SELECT rowid FROM second_keyings"))
        return
    marks = set(current.scalars(text("SELECT DISTINCT xmin::text FROM second_keyings")))
    acts = text("SELECT xmin::text FROM audit_events WHERE act = 'collecting.second_keying'")
    assert len(marks) == 1
    assert marks.isdisjoint(current.scalars(acts))


def test_a_rehearsal_is_keyed_again_like_any_other(commune, make_survey, hand_out, sign_in):
    trial = make_survey(commune, rehearsal=True)
    (code,) = hand_out(trial, commune.villages["Phung"], 1)
    with db.transaction() as current:
        typed = codes.normalise(code)
        door = queries.slip_door(current, trial, typed, store())
        sent = Submission(
            str(uuid.uuid4()), read_answers(trial.instrument, FIRST).answers, Channel.PAPER_ENTRY
        )
        paper.store_slip(
            current, door, typed, sent, way=KeyingWay.DIGITS, by=99, now=datetime.now(UTC), keys=store()
        )
    client = sign_in(Role.FRONT_PROVINCE, commune.province)

    saved = key_again(client, trial, _code=drawn(trial)[0], **FIRST)

    assert saved.status_code == 303
    assert "rehearsal" in client.get(address(trial)).text


def test_the_survey_page_says_when_nothing_was_keyed_again(commune, survey, keyed, sign_in, move_on):
    keyed(3)
    with db.transaction() as current:
        fieldwork.copy_progress(current, datetime.now(UTC))

    page = sign_in(Role.VIEWER, commune.unit).get(f"/can-bo/dot/{survey.id}")
    move_on(survey, State.SEALED)
    later = sign_in(Role.VIEWER, commune.unit).get(f"/can-bo/dot/{survey.id}")

    assert "Chưa nhập lại phiếu giấy nào" in page.text
    assert "Không có phiếu giấy nào được nhập lại trước khi chốt" in later.text


def test_people_of_another_commune_find_nothing_and_others_may_not(make_commune, commune, survey, sign_in):
    elsewhere = make_commune("98002", "Khác").unit

    assert sign_in(Role.CLERK, elsewhere).get(address(survey)).status_code == 404
    assert sign_in(Role.COMMUNE, commune.unit).get(address(survey)).status_code == 403


def test_open_feedback_has_no_paper(commune, make_survey, clerk):
    assert clerk.get(address(make_survey(commune, purpose=Purpose.FEEDBACK))).status_code == 404


def test_where_every_slip_is_keyed_twice_all_are_drawn_and_the_pages_say_so(commune, survey, keyed, second):
    with db.transaction() as current:
        current.get_one(Survey, survey.id).keyed_twice = True
    every = surveys.survey(fresh(), survey.id)
    keyed(12)

    waiting = drawn(every)
    page = second().get(address(survey)).text
    paper_here = {commune.villages["Phung"].id: 12}
    [found] = [one for one in second_keying.findings(fresh(), every, paper_here) if one.paper]
    assert (len(waiting), found.missing) == (12, 12)
    assert "mọi phiếu giấy được người chưa nhập" in page
    for code in waiting:
        key_again(second(), every, _code=code, **FIRST)
    assert drawn(every) == []


# Mending within the minute, as with first keyings


def later(seconds):
    return datetime.now(UTC) + timedelta(seconds=seconds)


def test_a_second_keying_is_mended_within_its_minute_and_compared_once(survey, keyed, second):
    receipt = keyed()[0]
    client = second()
    type_again(client, survey, _code=receipt, **FIRST | {"transport": "satisfied"})
    before = rows()

    client.post(address(survey) + "/sua", data=form_token(client, survey))
    shown = Page(client.get(address(survey) + "/sua").text).form(class_="paper-form")
    client.post(address(survey), data=shown.data(transport="dissatisfied"))
    in_time = (schedule.compare_held_again(later(50)), rows())
    schedule.compare_held_again(later(70))

    assert (before, in_time) == ([], (0, []))
    assert shown.data()["_code"] == [receipt]
    assert [row.differs for row in rows()] == [False]
    assert fresh().scalars(select(HeldSlip)).all() == []


def test_after_its_minute_a_second_keying_stays_as_it_was(survey, keyed, second):
    receipt = keyed()[0]
    client = second()
    type_again(client, survey, _code=receipt, **FIRST | {"transport": "satisfied"})
    with db.transaction() as current:
        current.execute(update(HeldSlip).values(held_at=later(-61)))

    refused = type_again(client, survey, _code=receipt, **FIRST)
    client.post(address(survey) + "/sua", data=form_token(client, survey))

    assert refused.status_code == 409
    assert [row.differs for row in rows()] == [True]


def test_the_next_code_ends_the_minute_of_the_slip_before(survey, keyed, second):
    first, other = keyed()[:2]
    client = second()
    type_again(client, survey, _code=first, **FIRST)

    told = client.post(address(survey) + "/ma", data={"_code": other, **form_token(client, survey)})

    assert told.json == {"message": ""}
    assert [row.differs for row in rows()] == [False]


def test_no_count_tells_of_a_second_keying_that_can_still_be_mended(survey, keyed, second, move_on):
    receipt = keyed()[0]
    move_on(survey, State.COUNTING)
    client = second()
    type_again(client, survey, _code=receipt, **FIRST | {"transport": "satisfied"})

    page = client.get(address(survey)).text

    assert "sửa được" in page
    assert sum(found.checked for found in second_keying.findings(fresh(), survey)) == 0


def test_what_is_held_when_a_survey_is_sealed_is_compared_first(survey, keyed, second, move_on):
    receipt = keyed()[0]
    move_on(survey, State.COUNTING)
    type_again(second(), survey, _code=receipt, **FIRST)

    move_on(survey, State.SEALED)

    assert [row.differs for row in rows()] == [False]


def test_what_is_held_of_a_second_keying_is_not_readable_in_the_database(survey, keyed, second):
    receipt = keyed()[0]
    type_again(second(), survey, _code=receipt, **FIRST)

    (content,) = fresh().scalars(select(HeldSlip.content))

    assert codes.normalise(receipt).encode() not in content
    assert b"dissatisfied" not in content


# Two who key one slip again


@pytest.fixture
def third(commune, sign_in):
    """Continue as yet another clerk of the commune."""
    return lambda: sign_in(Role.CLERK, commune.unit, "-ba")


def test_a_slip_that_somebody_has_just_keyed_again_is_refused_to_others_at_its_code(
    survey, keyed, second, third
):
    code = keyed()[0]
    type_again(second(), survey, _code=code, **FIRST)

    client = third()
    told = client.post(address(survey) + "/ma", data={"_code": code, **form_token(client, survey)}).json
    saved = type_again(client, survey, _code=code, planning="dissatisfied")

    assert "vừa nhập lại phiếu này" in told["message"]
    assert (saved.status_code, kept(saved)["planning"]) == (409, ["dissatisfied"])
    assert len(fresh().scalars(select(HeldSlip)).all()) == 1


def hold_the_same(user_id):
    """What lies in the database when this person saved the slip that is held before anybody saw the other do so."""
    with db.transaction() as current:
        row = current.scalars(select(HeldSlip)).one()
        said = held.opened(row, store()) | {"answers": {"planning": "dissatisfied"}}
        content = held.closed(row.survey_id, user_id, said, store())
        current.add(
            HeldSlip(
                user_id=user_id,
                place=row.place,
                survey_id=row.survey_id,
                held_at=row.held_at,
                content=content,
            )
        )


@pytest.mark.both_engines
def test_of_two_who_saved_the_same_slip_at_once_the_later_one_is_told_and_the_first_is_kept(
    survey, keyed, second, third
):
    code = keyed()[0]
    type_again(second(), survey, _code=code, **FIRST)
    third()
    hold_the_same(signed_in())

    key_again_now = second()
    key_again_now.post(address(survey) + "/luu", data=form_token(key_again_now, survey))
    schedule.compare_held_again(later(70))

    page = third().get(address(survey)).text
    assert [row.differs for row in rows()] == [False]
    assert f"…{code[-9:]}" in page
    assert "lần nhập đó được giữ; không mất gì cả" in page
    assert "không mất gì cả" not in second().get(address(survey)).text

    other = drawn(survey)[0]
    key_again(third(), survey, _code=other, **FIRST)
    assert "không mất gì cả" not in third().get(address(survey)).text
