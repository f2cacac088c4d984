"""Who may do what, as one table, and the guard that asks it of every request.

A permission is written twice on purpose: in `access` as a set, here as a row that reads at a glance. Who changes one has
to change the other, and sees what else the role is let into.
"""

import pytest
from flask import Flask

from survey_app import access
from survey_app.access import Body, Identity, Role

#: The columns of the table: those of the province, then those of the commune, then helpers.
COLUMNS = {
    "P": Role.PROVINCE,
    "F": Role.FRONT_PROVINCE,
    "A": Role.AUDITOR,
    "c": Role.COMMUNE,
    "f": Role.FRONT_COMMUNE,
    "v": Role.VIEWER,
    "d": Role.DIGITAL_TEAM,
    "k": Role.CLERK,
}
PERMISSIONS = {
    "ANY_ACCOUNT": "PFAcfvdk",
    "FRONT": "·F··f···",
    "OFFICERS": "P··c····",
    "BODIES": "PF·cf···",
    "PROVINCIAL": "PF······",
    "LOCAL": "···cf···",
    "SUPERVISORS": "PFA·····",
    "READ_UNITS": "PFAcfv··",
    "READ_SURVEYS": "PFAcfv··",
    "READ_FORMS": "PFAcfv··",
    "READ_RESULTS": "PFAcfv··",
    "READ_RULE_BOOKS": "PFAcfvdk",
    "EDIT_UNITS": "P··c····",
    "EDIT_FORMS": "PF·cf···",
    "CONFIRM_FORMS": "·F······",
    "CHOOSE_RULE_BOOKS": "P·······",
    "RECOGNISE_EARLIER": "P·······",
    "LIST_SERVICES": "P·······",
    "TICK_SERVICES": "P··c····",
    "DRAFT_SURVEYS": "···cf···",
    "CORRECT_FRAMES": "···cf···",
    "BEGIN_COMMUNES": "···c····",
    "HEAR_OF_TRIED_CODES": "····f···",
    "CALL_MEETINGS": "·F·cf···",
    "READ_PRINTS": "PF·cf···",
    "PRINT_SLIPS": "·F·cf···",
    "KEY_PAPER": "·F··f··k",
    "NOTE_ABSENCES": "···cf··k",
    "REMIND_OF_KEYING": "····f··k",
    "ASSIST": "····f·dk",
    "SEE_EXACT_FIGURES": "PFA·f···",
    "READ_FLAGS": "PFA·f···",
    "READ_RECONCILIATION": "PFA·f···",
    "RECORD_COMPARISONS": "·F··f···",
    "TAKE_SINGLE_ANSWERS": "·FA·····",
    "READ_TEXTS": "PFAcf···",
    "READ_DRAWN_SLIPS": "PFAcf···",
    "MODERATE_TEXTS": "·F··f···",
    "REPORT_FIGURES": "P··c····",
    "KEEP_TARGETS": "P·······",
    "READ_FIGURES": "PFAc·v··",
    "ENTER_REMARKS": "···cf···",
    "ANSWER_REMARKS": "PF·cf···",
    "COMPARE_DRAWN_SLIPS": "·FA·f···",
    "HOLD_KEYS": "PF······",
    "CONFIRM_THE_CLOCK": "PF······",
    "ANSWER_REQUESTS": "PF··f···",
    "READ_DATA_MAP": "PFA·····",
    "READ_AUDIT_LOG": "PFA·····",
    "RANK_COMMUNES": "PFA·····",
    "READ_BOARD": "PFA··v··",
    "OPEN_CAMPAIGNS": "PF······",
    "APPRAISE": "·F······",
    "ANSWER_APPRAISALS": "···cf···",
    "READ_APPRAISALS": "PFAcf···",
    "ENTER_OUTSIDE": "···cf···",
    "READ_OUTSIDE": "PFAcf···",
    "CHASE_COMMUNES": "P·······",
    "READ_POSTINGS": "PFAcfv··",
    "READ_PAPERS": "PFAcfv··",
    "RECORD_POSTINGS": "·F·cf···",
    "WRITE_PLEDGES": "···c····",
    "DECLARE_IT": "···c····",
    "ACCEPT_IT": "P·······",
    "SET_PAPERS": "·F······",
    "RELEASE_PAPERS": "·FA·f···",
    "TAKE_EVIDENCE_PACK": "PFA·f···",
    "NAME_DEPUTIES": "PF·cf···",
    "MANAGE_ACCOUNTS": "PF·cf···",
    "READ_SIGNED_PAPERS": "PFAcf···",
    "NEED_SECOND_FACTOR": "PFA·f···",
}


def test_every_permission_is_a_row_of_the_table():
    named = {name: value for name, value in vars(access).items() if isinstance(value, frozenset)}

    assert {
        name: "".join(letter if role in allowed else "·" for letter, role in COLUMNS.items())
        for name, allowed in named.items()
    } == PERMISSIONS
    assert set(COLUMNS.values()) == set(Role)


def test_the_two_bodies_are_government_and_front_and_helpers_act_for_none():
    bodies = {role: role.body for role in Role if role.body}

    assert bodies == {
        Role.PROVINCE: Body.GOVERNMENT,
        Role.COMMUNE: Body.GOVERNMENT,
        Role.FRONT_PROVINCE: Body.FRONT,
        Role.FRONT_COMMUNE: Body.FRONT,
    }


def test_each_body_acts_by_one_role_in_the_province_and_by_one_in_a_commune():
    assert set(access.IN_PROVINCE) == set(access.IN_COMMUNE) == set(Body)
    assert all(role.body is body for body, role in (*access.IN_PROVINCE.items(), *access.IN_COMMUNE.items()))
    assert set(access.IN_PROVINCE.values()) == access.PROVINCIAL
    assert set(access.IN_COMMUNE.values()) == access.LOCAL


def make_identity(path="/1/24/", role=Role.COMMUNE):
    return Identity(user_id=7, name="Ai", role=role, unit_id=24, unit_path=path)


def test_a_person_covers_the_own_subtree_and_nothing_beside_or_above_it():
    person = make_identity("/1/24/")

    assert [person.covers(path) for path in ("/1/24/", "/1/24/3/", "/1/2/", "/1/", "/1/241/")] == [
        True, True, False, False, False,
    ]  # fmt: skip
    assert (person.province_path, person.actor, person.body) == ("/1/", "user:7", Body.GOVERNMENT)


@pytest.mark.parametrize(("path", "is_provincial"), [("/1/", True), ("/1/24/", False), ("/1/24/3/", False)])
def test_a_province_is_the_first_step_of_a_path(path, is_provincial):
    assert make_identity(path).is_provincial == is_provincial


@pytest.mark.parametrize(
    ("path", "is_public"),
    [
        ("/k", True), ("/K", True), ("/k/", True), ("/K/1", True), ("/kx", False), ("/Kx", False), ("/g/1", True),
        ("/bia/1", True), ("/kiem-tra", True), ("/ket-qua/1", True), ("/can-bo", False), ("/", False), ("/api/v1", False),
    ],
)  # fmt: skip
def test_only_the_pages_of_respondents_are_public(path, is_public):
    assert access.is_public_path(path) == is_public


@pytest.fixture
def guarded():
    """An application of four views: anybody's, one for clerks and viewers, one without a rule, one of machines."""
    made = Flask("guarded", static_folder=None)
    access.init_app(made)

    def show(**_given):
        person = access.current_identity()
        return person.name if person else "nobody"

    for address, rule in {
        "/k/open": access.public,
        "/open": access.public,
        "/clerks": access.roles(Role.CLERK, Role.VIEWER),
        "/forgotten": lambda view: view,
        "/api/clerks": access.roles(Role.CLERK),
    }.items():
        view = rule(lambda **_given: show())
        made.add_url_rule(address, address.strip("/").replace("/", "-"), view, methods=["GET", "POST"])
    made.add_url_rule("/mine", "mine", access.public(lambda: access.identity().name))
    made.add_url_rule(
        "/may", "may", access.public(lambda: " ".join(str(access.may(name)) for name in ("clerks", "open")))
    )
    return made


def status(app, path, method="GET"):
    return app.test_client().open(path, method=method).status_code


def test_signed_out_leads_to_the_sign_in_page_and_back(guarded):
    asked = guarded.test_client().get("/clerks?page=2")
    sent = guarded.test_client().post("/clerks?page=2")
    plain = guarded.test_client().get("/clerks")

    assert (asked.status_code, asked.location) == (302, "/dang-nhap?next=/clerks%3Fpage%3D2")
    assert (sent.status_code, sent.location) == (302, "/dang-nhap?next=/can-bo")
    assert plain.location == "/dang-nhap?next=/clerks"
    assert status(guarded, "/api/clerks") == 401
    assert status(guarded, "/open") == status(guarded, "/k/open") == 200
    assert status(guarded, "/mine") == 401
    assert guarded.test_client().get("/may").text == "False False"


@pytest.mark.parametrize(
    ("role", "clerks"), [(Role.CLERK, 200), (Role.VIEWER, 200), (Role.AUDITOR, 403), (Role.PROVINCE, 403)]
)
def test_a_role_enters_what_names_it_and_nobody_enters_a_view_without_a_rule(guarded, role, clerks):
    access.supply_identity(guarded, lambda: make_identity(role=role))

    assert status(guarded, "/clerks") == clerks
    assert status(guarded, "/forgotten") == 403
    assert status(guarded, "/open") == status(guarded, "/mine") == 200
    assert status(guarded, "/nowhere") == 404
    assert status(guarded, "/clerks", "DELETE") == 405
    assert guarded.test_client().get("/may").text == f"{clerks == 200} False"


def test_pages_of_respondents_never_ask_who_is_signed_in(guarded):
    access.supply_identity(guarded, lambda: make_identity(role=Role.CLERK))

    assert guarded.test_client().get("/k/open").text == "nobody"
    assert guarded.test_client().get("/open").text == "Ai"


def test_a_person_is_looked_up_once_in_a_request(guarded):
    asked = []
    access.supply_identity(guarded, lambda: asked.append(1) or make_identity(role=Role.CLERK))

    guarded.test_client().get("/clerks")

    assert asked == [1]


def test_what_a_signed_out_person_sees_can_be_supplied(guarded):
    access.supply_way_in(guarded, lambda: ("another way in", 200))

    assert guarded.test_client().get("/clerks").text == "another way in"
    with guarded.test_request_context("/clerks"):
        assert access.way_in("/a b").location == "/dang-nhap?next=/a%20b"


def test_an_address_with_a_nul_does_not_exist(guarded):
    assert status(guarded, "/open%00") == 404
    assert status(guarded, "/clerks%00") == 404


def test_a_rule_is_asked_of_the_view_behind_a_link(guarded):
    with guarded.app_context():
        assert access.may_open(Role.CLERK, "clerks")
        assert not access.may_open(Role.AUDITOR, "clerks")
        assert not access.may_open(Role.CLERK, "open")
        assert not access.may_open(Role.CLERK, "forgotten")
        assert access.lets_in(Role.CLERK, "clerks")
        assert access.lets_in(Role.AUDITOR, "open")
        assert not access.lets_in(Role.AUDITOR, "clerks")
        assert not access.lets_in(Role.CLERK, "forgotten")


def test_a_file_of_the_pages_is_anybodys():
    made = Flask("guarded", static_folder="static")
    access.init_app(made)

    assert status(made, "/static/nothing.css") == 404


def test_an_address_with_a_nul_does_not_exist_even_where_any_word_fits():
    made = Flask("guarded", static_folder=None)
    access.init_app(made)
    made.add_url_rule("/units/<name>", "unit", access.public(lambda name: f"{len(name)} letters"))

    assert status(made, "/units/Phung") == 200
    assert status(made, "/units/Phung%00") == 404
