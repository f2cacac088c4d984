"""BAD-500 through the text fields of every door, and then every page and file that could show them.

Every string goes through the machine door, in one of the places it has for a string, and one of the respondents'
forms. Through the forms of officers go the strings of all classes, dealt out in turn, some to each field. With
ABUSE=full all 500 go through each of them. PostgreSQL gets a sample of 60.
"""

import io
import itertools
import json
import os
import re
from collections import Counter
from itertools import cycle, islice

import openpyxl
import pypdf
import pytest
from sqlalchemy import update

from survey_app import db
from survey_app.access import Role
from survey_app.fieldwork.models import Survey
from tests.attacks.abuse import bad500
from tests.pages import parsed
from tests.rooms.test_ground_access import address, staff_routes

API = "/api/v1/submissions"
FULL = os.environ.get("ABUSE") == "full"
#: Strings that one field of an officer's form gets.
PER_FIELD = 500 if FULL else 4
_INSIDE = re.compile(r"Traceback|sqlalchemy|werkzeug|psycopg|sqlite3|File \"/", re.IGNORECASE)


@pytest.fixture
def strings(database_url):
    """All on SQLite, a sample of every class on PostgreSQL."""
    return bad500.ALL if database_url.startswith("sqlite") else bad500.SAMPLE


def faults_of(reply):
    """What is wrong with a reply, whatever was sent: a crash, the inside turned out, or something that would run."""
    if reply.status_code >= 500:
        return [f"status {reply.status_code}"]
    if any("\n" in value or "\r" in value for value in reply.headers.values()):
        return ["a header of two lines"]
    if reply.mimetype == "text/html":
        return alive(reply.text)
    return ["the inside"] if reply.mimetype == "application/json" and _INSIDE.search(reply.text) else []


def alive(html):
    page = parsed(html)
    found = [f"<{tag}> with {name}" for tag, attributes in page.tags for name, value in attributes.items()
             if name in {"srcdoc", "style"} or name.startswith("on")
             or (name in {"href", "src", "action", "formaction", "data"} and re.match(r"\s*(javascript|data:text|//)", value))]  # fmt: skip
    found += [
        f"<{tag}>" for tag, _attributes in page.tags if tag in {"iframe", "object", "embed", "base", "math"}
    ]
    found += ["a script of theirs"] if "7331" in page.text("script") + page.text("style") else []
    return found + (
        ["the inside"]
        if _INSIDE.search(page.text("body").replace("werkzeug", "")) and "Traceback" in html
        else []
    )


def test_the_corpus_holds_what_was_promised_of_each_class():
    sizes = {name: len(strings) for name, strings in bad500.CLASSES.items()}

    assert len(set(bad500.ALL)) == 500
    assert sizes == {"xss": 120, "sql": 60, "unicode": 60, "formula": 40, "path": 40, "numbers": 40, "json": 40,
                     "templates": 20, "crlf": 20, "xml": 20, "ssrf": 20, "regex": 20}  # fmt: skip
    assert len(bad500.SAMPLE) == 60


#: What a browser sends to a respondent's form, given a code and a typed text.
RESPONDENTS = (
    lambda code, typed: (f"/k/{code}", {"people": typed, "name": typed, "remarks": typed, "_step": "change"}),
    lambda code, typed: (
        f"/k/{code}",
        {"planning": typed, typed or "x": typed, "_id": typed, "_ticket": typed},
    ),
    lambda _code, typed: ("/k", {"code": typed, "_lang": typed}),
    lambda _code, typed: ("/kiem-tra", {"receipt": typed}),
)


@pytest.mark.parametrize("form", range(len(RESPONDENTS)), ids=["answers", "marks", "code", "receipt"])
def test_no_string_hurts_a_respondents_door(client, strings, texts, stored, form):
    wrong = []
    for text in strings if FULL or len(strings) < 100 else strings[form :: len(RESPONDENTS)]:
        address, typed = RESPONDENTS[form](texts[0], text.encode("utf-8", "replace").decode())
        wrong += [(text, fault) for fault in faults_of(client.post(address, data=typed))]

    assert wrong == []
    assert stored().responses == 0


def test_no_string_hurts_the_machine_door_and_texts_are_kept_to_the_letter(
    client, strings, texts, submission
):
    wrong, kept = [], 0
    codes_left = iter(texts[1:])
    for number, text in enumerate(strings):
        is_kept = number % 10 == 0
        code = next(codes_left, texts[0]) if is_kept else texts[0]
        sent = [
            {"json": submission(code=code, answers={"remarks": text} if is_kept else {"people": text})},
            {"json": submission(code=code, answers={text: text})},
            {"json": submission(link=text)},
            {"json": submission(code=text)},
            {"data": text.encode("utf-8", "replace"), "content_type": "application/json"},
            {"json": submission(code=code, ticket=text, channel=text, submission_id=text)},
        ]
        if not (FULL or len(strings) < 100):
            sent = [sent[0 if is_kept else number % len(sent)]]
        replies = [client.post(API, **one) for one in sent]
        kept += replies[0].status_code == 201
        wrong += [(text, fault) for reply in replies for fault in faults_of(reply)]

    assert wrong == []
    assert kept > 0


def test_no_string_in_an_address_hurts(app, client, strings, survey):
    wrong = []
    rules = [rule for rule in app.url_map.iter_rules() if rule.arguments and "GET" in rule.methods]
    for text, rule in zip(strings, cycle(rules), strict=False):
        known = dict.fromkeys(
            rule.arguments, text.encode("utf-8", "replace").decode()[:300].replace("/", "") or "x"
        )
        path = address(rule, known).encode().decode("latin-1").replace("?", "%3F").replace("#", "%23")
        reply = client.get(
            "/" + path.lstrip("/"), query_string={"lang": text.encode("utf-8", "replace"), "q": "x"}
        )
        wrong += [(rule.rule, text, fault) for fault in faults_of(reply)]

    assert wrong == []


def test_no_string_hurts_a_form_of_officers_nor_a_page_or_file_that_shows_it(
    app, client, commune, survey, slips, sign_in, strings
):
    known = {"survey_id": survey.id, "village": commune.villages["Phung"].code, "village_code": commune.villages["Phung"].code,
             "code": commune.unit.code, "year": "2026", "size": "A4", "instrument_id": "1", "key": "planning"}  # fmt: skip
    dealt = cycle(strings)
    rounds = PER_FIELD if strings is bad500.ALL else 3
    wrong, fields, statuses, seen = [], set(), Counter(), set()
    for role in (Role.COMMUNE, Role.FRONT_PROVINCE, Role.PROVINCE):
        sign_in(role, commune.unit if role is Role.COMMUNE else commune.province)
        for path, form in forms_of(app, client, role, known, set() if FULL else seen):
            names = text_fields(form)
            fields |= {(form.attributes.get("action") or path, name) for name in names}
            for _round in range(rounds):
                typed = dict(zip(names, islice(dealt, len(names)), strict=True))
                data = form.data(
                    **{name: text.encode("utf-8", "replace").decode() for name, text in typed.items()}
                )
                reply = client.post(form.action or path, data=data)
                statuses[reply.status_code] += 1
                wrong += [(form.action or path, typed, fault) for fault in faults_of(reply)]
        for path, reply in pages_of(app, client, role, known):
            wrong += [(role, path, fault) for fault in faults_of(reply)]

    assert wrong == []
    assert len(fields) >= 20
    assert statuses[400] < statuses[422] + statuses[302] + statuses[303]


def test_no_string_hurts_where_it_is_printed_or_exported(
    app, client, commune, survey, slips, strings, sign_in
):
    long = [text for text in strings if "\0" not in text and text.isprintable()]
    rounds = [long[number::12] for number in range(12)]
    known = {
        "survey_id": survey.id,
        "village": commune.villages["Phung"].code,
        "code": commune.unit.code,
        "size": "A4",
        "year": "2026",
    }
    wrong = []
    for number, texts in enumerate(rounds):
        with db.transaction() as current:
            values = {"aim": " ".join(texts)[:500], "contact": texts[0][:120], "plan_number": texts[1][:60]}
            current.execute(update(Survey).where(Survey.id == survey.id).values(**values))
        wrong += [(texts, fault) for fault in faults_of(client.get(f"/k/{slips[number]}"))]
        sign_in(Role.FRONT_PROVINCE, commune.province)
        paths = [f"/can-bo/dot/{survey.id}", f"/can-bo/dot/{survey.id}/in", f"/ket-qua/{survey.id}"]
        paths += [f"/can-bo/dot/{survey.id}/{paper}" for paper in
                  (("ap-phich/A4.pdf", f"bia-tap/{known['village']}.pdf") if number % 4 == 0 else ())]  # fmt: skip
        for path in paths:
            reply = client.get(path)
            wrong += [(path, texts, fault) for fault in faults_of(reply)]
            if reply.mimetype == "application/pdf":
                assert not re.search(rb"/(JavaScript|JS|Launch|SubmitForm|EmbeddedFile)\b", reply.data)
                assert pypdf.PdfReader(io.BytesIO(reply.data)).pages

    assert wrong == []


@pytest.mark.real_opening
def test_no_file_upload_hurts(client, app, commune, sign_in, strings):
    app.config["WTF_CSRF_ENABLED"] = False
    book = openpyxl.Workbook()
    for text in strings:
        if not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", text):
            book.active.append([text] * 6)
    buffer = io.BytesIO()
    book.save(buffer)
    csv = "\n".join(",".join([f'"{text}"'] * 6) for text in strings).encode("utf-8", "replace")
    contents = [
        csv,
        buffer.getvalue(),
        buffer.getvalue()[:900],
        b"PK\x03\x04",
        b"",
        b"\xff\xfe\x00",
        json.dumps({"a": list(strings)}).encode(),
    ]
    names = ["a.csv", "a.xlsx", "../../a.xlsx", "a.csv\0.xlsx", "=cmd.csv", "a.json", "x" * 400 + ".csv", ""]
    wrong = []
    for place, (role, path) in enumerate(
        (
            (Role.COMMUNE, f"/can-bo/don-vi/{commune.unit.code}/tep"),
            (Role.PROVINCE, "/can-bo/khung/2026/tep"),
        )
    ):
        sign_in(role, commune.unit if role is Role.COMMUNE else commune.province)
        in_turn = zip(cycle(contents), names, strict=False)
        pairs = itertools.product(contents, names) if FULL else islice(in_turn, place, None, 2)
        for content, name in pairs:
            reply = client.post(
                path, data={"file": (io.BytesIO(content), name)}, content_type="multipart/form-data"
            )
            wrong += [(path, name, fault) for fault in faults_of(reply)]

    assert wrong == []


#: Addresses of files, where there is no form.
_FILES = (".pdf", ".docx", ".xlsx", ".csv", ".zip", ".json", ".svg", ".png")


def forms_of(app, client, role, known, seen):
    """Forms with a text field on the pages of this role, but those seen, which grow by it."""
    for path, reply in pages_of(app, client, role, known, _FILES):
        if reply.mimetype != "text/html" or reply.status_code != 200:
            continue
        for form in parsed(reply.text).forms:
            mark = form.attributes.get("action") or path
            if (
                form.attributes.get("method", "get").lower() == "post"
                and text_fields(form)
                and mark not in seen
            ):
                seen.add(mark)
                yield path, form


def text_fields(form):
    """Fields that carry words: neither tokens, nor tick boxes, nor what only a page fills in."""
    return [
        name
        for name, _value in dict.fromkeys(form.fields)
        if name not in {"csrf_token", "revision", "seen", "language", "next", "offer"}
    ]


def pages_of(app, client, role, known, but=()):
    for rule, method in staff_routes(app):
        path = address(rule, known)
        if (
            method == "GET"
            and role in app.view_functions[rule.endpoint].access_roles
            and not path.endswith(but)
        ):
            yield path, client.get(path)
