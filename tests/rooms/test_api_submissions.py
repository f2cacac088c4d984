"""The machine door: its JSON, its statuses, its description, and no body that makes it stumble."""

import json
import re
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from survey_app import db
from survey_app.access import Role
from survey_app.api.openapi import DOCUMENT
from survey_app.collecting.models import Response, SpentCode
from survey_app.fieldwork import codes
from survey_app.fieldwork.models import Purpose, State

API = "/api/v1/submissions"


@pytest.fixture
def code(commune, survey, hand_out):
    return hand_out(survey, commune.villages["Phung"])[0]


@pytest.fixture
def rich_code(commune, make_form, make_survey, hand_out):
    form = make_form(
        ask("people", "number"), ask("media", "multiple_choice", options=[option("tv"), option("web")])
    )
    return hand_out(make_survey(commune, form=form), commune.villages["Phung"])[0]


def ask(key, kind, **more):
    return {"key": key, "kind": kind, "text": {"vi": f"Câu {key}?", "en": f"Question {key}?"}} | more


def option(code):
    return {"code": code, "label": {"vi": f"Là {code}", "en": f"Is {code}"}}


def raw(client, body, content_type="application/json", **headers):
    return client.post(API, data=body, content_type=content_type, headers=headers)


def nothing_stored():
    current = db.session()
    current.rollback()
    return not any(current.scalar(select(func.count()).select_from(table)) for table in (Response, SpentCode))


def outcome(reply):
    return reply.status_code, reply.json["error"]


def fits(schema, value):
    """Whether a value is of a schema of the description; as much of JSON Schema as the description uses."""
    if "$ref" in schema:
        return fits(DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]], value)
    kind = {"string": str, "boolean": bool, "object": dict, "array": list}[schema["type"]]
    if not isinstance(value, kind):
        return False
    if kind is not dict:
        return True
    known, others = schema.get("properties", {}), schema.get("additionalProperties")
    return set(schema.get("required", ())) <= set(value) and all(
        fits(known[name], item) if name in known else isinstance(others, dict) and fits(others, item)
        for name, item in value.items()
    )


def is_described(reply):
    described = DOCUMENT["paths"][API]["post"]["responses"]
    answer = described.get(str(reply.status_code))
    return answer is not None and fits(answer["content"]["application/json"]["schema"], reply.json)


def test_an_answer_gets_a_receipt_a_leaf_and_a_signature(client, code, submission):
    reply = client.post(API, json=submission(code=code))

    assert reply.status_code == 201
    assert set(reply.json) == {"receipt", "counted", "annulled", "leaf", "signature", "salts"}
    assert reply.json["counted"] is True
    assert re.fullmatch(r"[0-9a-f]{64}", reply.json["leaf"])
    assert re.fullmatch(r"[0-9a-f]{128}", reply.json["signature"])
    assert re.fullmatch(r"BN \d{4,} – \d{3} \d{4} \d{4}", reply.json["receipt"])


def test_the_signature_is_the_servers_over_survey_and_leaf(client, app, survey, code, submission):
    reply = client.post(API, json=submission(code=code)).json

    public = app.extensions["keys"].signing_key().public_key()
    public.verify(bytes.fromhex(reply["signature"]), f"{survey.id}\0{reply['leaf']}".encode())


def test_feedback_is_stored_and_not_counted(client, commune, make_survey, submission):
    link = make_survey(commune, purpose=Purpose.FEEDBACK).link

    first, second = (client.post(API, json=submission(link=link)) for _time in range(2))

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json["counted"] is second.json["counted"] is False


def test_every_outcome_is_as_the_description_says(
    client, commune, survey, code, submission, hand_out, move_on
):
    (late,) = hand_out(survey, commune.villages["Phung"])
    same = submission(code=code)
    replies = [
        client.post(API, json=same),
        client.post(API, json=same),
        client.post(API, json=same | {"answers": {}}),
        client.post(API, json=submission(code=codes.new_code(survey.id))),
        client.post(API, json=submission(code="x")),
        client.post(API, json=submission(code=code, channel="assisted")),
        client.post(API, json=submission(link="nowhere")),
        client.post(API, json=submission(code=code, answers={"planning": "maybe"})),
        raw(client, "{"),
        raw(client, "{}", "text/plain"),
        raw(client, b" " * 3_000_000),
    ]
    move_on(survey, State.SEALED)
    replies.append(client.post(API, json=submission(code=late)))

    statuses = [reply.status_code for reply in replies]
    assert statuses == [201, 200, 409, 422, 422, 403, 404, 422, 400, 415, 413, 410]
    assert all(is_described(reply) for reply in replies)


def test_the_description_is_served_and_names_every_route(client, app):
    served = client.get("/api/v1/openapi.json").json
    routes = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")}

    assert served == json.loads(json.dumps(DOCUMENT))
    assert routes - {"/api/v1/openapi.json"} == set(served["paths"])


@pytest.mark.parametrize(
    "body",
    ["", "null", "[]", "1", '"x"', "{}", "{", '{"answers": []}', '{"answers": 1}', "\ufeff{}", '{"a": 1, "a": 2}',
     '{"answers": {"planning": "satisfied", "planning": null}}', "[" * 100_000, '{"a":' * 30_000, "\x00", "'",
     '{"answers": {"people": ' + "9" * 5000 + "}}"],
    ids=lambda body: body[:30],
)  # fmt: skip
def test_what_is_no_submission_is_400(client, survey, body):
    reply = raw(client, body)

    assert outcome(reply) == (400, "khong-doc-duoc")
    assert reply.json["keep"] is False


def test_bytes_that_are_no_text_are_400(client, survey):
    assert raw(client, b'{"answers": {}, "code": "\xff\xfe"}').status_code == 400


@pytest.mark.parametrize(
    "change",
    [{"submission_id": ""}, {"submission_id": 5}, {"submission_id": "8fc78a0e-e753-11f1-87c6-02fc00000001"}, {"submission_id": None},
     {"channel": "telepathy"}, {"channel": None}, {"channel": 1}, {"code": 5}, {"code": None}, {"link": "abc"},
     {"ticket": 5}, {"extra": 1}, {"answers": None}],
    ids=str,
)  # fmt: skip
def test_a_field_of_the_wrong_kind_is_400(client, code, submission, change):
    reply = client.post(API, json=submission(code=code) | change)

    assert outcome(reply) == (400, "khong-doc-duoc")
    assert nothing_stored()


@pytest.mark.parametrize(
    ("key", "value"),
    [("people", '[1]'), ("people", "1e999"), ("people", "NaN"), ("people", "-Infinity"), ("people", "1" + "0" * 400),
     ("people", "true"), ("people", "{}"), ("media", '"tv"'), ("media", '["fax"]'), ("media", "[[]]"),
     ("planning", '["satisfied"]'), ("planning", "1"), ("planning", '"Satisfied"'), ("nobody-asked", '"x"'),
     ("media", '["\\u0000"]'), ("planning", '"\\ud800"'), ("\\ud800", '"x"'), ("\\u0000", '"x"')],
)  # fmt: skip
def test_an_answer_that_does_not_fit_the_form_is_422_and_names_the_question(client, rich_code, key, value):
    body = json.dumps(
        {"submission_id": str(uuid.uuid4()), "channel": "self_online", "code": rich_code, "answers": 0}
    )

    reply = raw(client, body.replace('"answers": 0', f'"answers": {{"{key}": {value}}}'))

    assert outcome(reply) == (422, "khong-hop-le")
    # As the form asks it; a key is for machines, and stands only where no question is meant.
    asked = {
        "people": "Câu people?",
        "media": "Câu media?",
        "planning": "quy hoạch",
        "nobody-asked": "nobody-asked",
    }
    assert "\\" in key or asked[key] in reply.json["message"]
    assert f"{key}:" not in reply.json["message"] or key == "nobody-asked"
    assert nothing_stored()


@pytest.mark.parametrize("text", ["\0", "\ud800", "a\0b", "x" * 5000, "ﷺ" * 100, "%00"])
@pytest.mark.parametrize("field", ["code", "link", "ticket", "submission_id", "channel"])
def test_hostile_text_in_any_field_is_refused_quietly(client, survey, submission, field, text):
    body = {"link": "x"} if field not in {"code", "link"} else {}

    reply = client.post(API, json=submission(**body) | {field: text})

    assert reply.status_code in {400, 404, 422}
    assert nothing_stored()


def test_a_number_may_be_a_json_number_or_its_digits(client, rich_code, submission):
    same = str(uuid.uuid4())

    first = client.post(API, json=submission(code=rich_code, submission_id=same, answers={"people": 5}))
    again = client.post(API, json=submission(code=rich_code, submission_id=same, answers={"people": "5"}))

    assert (first.status_code, again.status_code) == (201, 200)


def test_a_hundred_thousand_unknown_questions_get_a_short_answer(client, code, submission):
    reply = client.post(
        API, json=submission(code=code, answers={f"q{number}": None for number in range(15_000)})
    )

    assert reply.status_code == 422
    assert len(reply.data) < 20_000


def test_the_id_may_be_written_in_capitals(client, code, submission):
    same = uuid.uuid4()
    client.post(API, json=submission(code=code, submission_id=str(same).upper()))

    assert client.post(API, json=submission(code=code, submission_id=str(same))).status_code == 200


@pytest.mark.parametrize("channel", ["assisted", "paper_entry", "meeting"])
def test_without_a_session_only_the_own_phone_may_answer(client, code, submission, channel):
    assert outcome(client.post(API, json=submission(code=code, channel=channel))) == (403, "khong-duoc-phep")


def test_an_assisting_person_of_the_commune_may_answer_for_a_household(
    client, commune, code, submission, sign_in
):
    sign_in(Role.DIGITAL_TEAM, commune.unit)

    assert client.post(API, json=submission(code=code, channel="assisted")).status_code == 201


@pytest.mark.parametrize("state", [State.OPEN, State.COUNTING])
def test_paper_is_keyed_on_its_page_alone_where_it_is_known_who_keyed_it(
    client, commune, survey, code, submission, sign_in, move_on, state
):
    move_on(survey, state)
    for role in (Role.CLERK, Role.DIGITAL_TEAM, Role.FRONT_COMMUNE):
        sign_in(role, commune.unit)
        for channel in ("paper_entry", "meeting"):
            sent = client.post(API, json=submission(code=code, channel=channel))

            assert outcome(sent) == (403, "khong-duoc-phep")
    assert nothing_stored()
    assert DOCUMENT["components"]["schemas"]["Submission"]["properties"]["channel"]["enum"] == [
        "self_online",
        "assisted",
    ]


def test_an_assisting_person_of_another_commune_may_not(
    client, make_commune, commune, code, submission, sign_in
):
    sign_in(Role.DIGITAL_TEAM, make_commune("98002", "Khác").unit)

    assert client.post(API, json=submission(code=code, channel="assisted")).status_code == 403
    assert nothing_stored()


def test_an_officer_who_does_not_assist_may_not(client, commune, code, submission, sign_in):
    sign_in(Role.COMMUNE, commune.unit)

    assert client.post(API, json=submission(code=code, channel="assisted")).status_code == 403


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_another_site_may_not_post(client, code, submission, headers):
    assert outcome(client.post(API, json=submission(code=code), headers=headers)) == (403, "khong-duoc-phep")


def test_another_method_is_405_in_json_with_the_right_one(client):
    reply = client.get(API)

    assert outcome(reply) == (405, "sai-phuong-thuc")
    assert "POST" in reply.headers["Allow"]
    assert reply.json["keep"] is False


def test_an_unknown_address_of_the_interface_is_404_in_json(client):
    reply = client.get("/api/v1/nothing")

    assert outcome(reply) == (404, "khong-co")
    assert set(reply.json) == {"error", "message", "keep"}


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        ("{", "application/json", (400, "khong-doc-duoc")),
        ("{}", "text/plain", (415, "sai-dinh-dang")),
        (b" " * 3_000_000, "application/json", (413, "qua-lon")),
    ],
    ids=["unreadable", "another format", "too large"],
)
def test_what_sending_again_cannot_mend_is_to_be_looked_at_and_has_a_described_word(
    client, body, kind, expected
):
    reply = raw(client, body, kind)

    assert (outcome(reply), reply.json["keep"]) == (expected, False)
    described = DOCUMENT["components"]["schemas"]["Error"]["properties"]["error"]["description"]
    assert f"{expected[1]} ({expected[0]})" in described


def test_a_database_that_is_away_is_503_and_tells_the_phone_to_keep(client, code, submission, database_away):
    with database_away():
        reply = client.post(API, json=submission(code=code))

    assert (reply.status_code, reply.json["keep"]) == (503, True)
    assert "Retry-After" in reply.headers
    assert client.post(API, json=submission(code=code)).status_code == 201


def test_a_lost_key_is_503_and_never_a_wrong_code(client, app, survey, code, submission):
    (app.extensions["keys"].folder / "peppers" / survey.id).unlink()

    reply = client.post(API, json=submission(code=code))

    assert (reply.status_code, reply.json["keep"]) == (503, True)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    changes=st.dictionaries(
        st.sampled_from(["submission_id", "ticket", "code", "link", "channel", "answers", "more"]),
        _JSON,
        max_size=3,
    ),
    answers=st.dictionaries(st.sampled_from(["people", "media", "planning", "x"]), _JSON, max_size=3),
)
def test_no_body_makes_the_server_fail_or_leave_its_description(client, rich_code, changes, answers):
    body = {
        "submission_id": str(uuid.uuid4()),
        "channel": "self_online",
        "code": rich_code,
        "answers": answers,
    }

    reply = client.post(API, data=json.dumps(body | changes), content_type="application/json")

    assert reply.status_code < 500
    assert is_described(reply)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    data=st.dictionaries(
        st.sampled_from(
            ["_id", "_ticket", "_step", "_switch", "_lang", "people", "media", "planning", "code", "?"]
        )
        | st.text(max_size=8),
        st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), max_size=3),
        max_size=5,
    )
)
def test_no_form_makes_the_page_fail(client, rich_code, data):
    assert client.post(f"/k/{rich_code}", data=data).status_code < 500
