"""Every act of the table takes two: shown with its evidence, carried out by neither side alone, and once."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from flask import current_app
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from survey_app import access, audit, db
from survey_app.access import Identity, Role
from survey_app.accounts import todo
from survey_app.accounts.models import User
from survey_app.approvals import deciding, registry, requests
from survey_app.approvals.agreement import Agreement
from survey_app.approvals.models import Approval
from survey_app.approvals.refusals import ApprovalDecided, ApprovalRefused
from survey_app.errors import DomainError
from survey_app.fieldwork import acts, agreed, calendar, frames, print_sets, queries
from survey_app.fieldwork.agreed import Act
from survey_app.fieldwork.models import State, Survey
from survey_app.keys import store
from survey_app.results import custody, signing
from survey_app.sealing import annulling, signatures
from survey_app.units import queries as units
from tests.pages import Page

DAY = timedelta(days=1)
PDF = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"
#: What is typed where the drawn slips are not compared, and where somebody refuses.
SAID = "Đối chiếu sau"


def in_the_field(act: Act, **payload: Callable[[], str] | int | str) -> Callable[..., int]:
    def ask(session, commune, survey, by, now):
        typed = {name: value() if callable(value) else value for name, value in payload.items()}
        return acts.request(session, survey, act, payload=typed, reason="Đường ngập", by=by, now=now)

    return ask


def to_set_a_village_aside(session, commune, survey, by, now):
    line = frames.frame_line(session, survey.id, commune.villages["Phung"].code)
    return annulling.request(session, survey, line, reason="Đường ngập", by=by, now=now)


def to_void_a_set(session, commune, survey, by, now):
    there = [made.id for made in print_sets.sets(session, survey.id) if made.voided_at is None]
    name = there[0] if there else uuid4().hex
    if not there:
        print_sets.begin(session, survey.id, name, instead_of="", spare_percent=5, actor=by.actor, now=now)
        print_sets.make_next(
            session, survey.id, name, commune.villages["Bang"].id,
            spare_percent=5, actor=by.actor, now=now, keys=store(),
        )  # fmt: skip
        print_sets.finish(session, survey.id, name, actor=by.actor, now=now)
        session.flush()
    return in_the_field(Act.VOID_SET, print_set=name)(session, commune, survey, by, now)


def to_sign(session, _commune, survey, by, now):
    return signing.ask(session, survey, reason=SAID, by=by, now=now)


def to_accept(session, _commune, survey, by, now):
    return custody.ask_acceptance(session, survey, by=by, now=now)


def hour_in(days: int) -> Callable[[], str]:
    return lambda: calendar.closing(units.civil(datetime.now(UTC)) + days * DAY).isoformat()


@dataclass(frozen=True)
class Case:
    """How an act is asked for, in which state of the survey, and a line that only its own evidence has."""

    state: State
    ask: Callable[..., int]
    shows: str


CASES = {
    "fieldwork.publish": Case(State.DRAFT, in_the_field(Act.PUBLISH), "Mặt trận chưa xác nhận"),
    "fieldwork.extend": Case(State.OPEN, in_the_field(Act.EXTEND, closes_at=hour_in(12)), "Ngày cuối mới"),
    "fieldwork.shorten": Case(State.OPEN, in_the_field(Act.SHORTEN, closes_at=hour_in(3)), "Ngày cuối mới"),
    "fieldwork.extend_counting": Case(
        State.COUNTING,
        in_the_field(Act.EXTEND_COUNTING, counting_ends_at=hour_in(30)),
        "Ngày cuối mới để nhập phiếu giấy",
    ),
    "fieldwork.reopen": Case(
        State.COUNTING,
        in_the_field(Act.REOPEN, closes_at=hour_in(2)),
        "Mở lại việc trả lời qua điện thoại đến",
    ),
    "fieldwork.annul": Case(State.OPEN, in_the_field(Act.ANNUL), "Số phiếu đã in"),
    "fieldwork.void_batch": Case(State.OPEN, in_the_field(Act.VOID_BATCH, batch=1), "Phiếu đã hủy"),
    "fieldwork.void_set": Case(State.OPEN, to_void_a_set, "1 thôn, 13 phiếu"),
    "results.annul_village": Case(State.OPEN, to_set_a_village_aside, "Mọi câu trả lời của thôn này"),
    "results.sign": Case(State.SEALED, to_sign, "Mã đối chiếu của kết quả"),
    "results.accept": Case(State.SIGNED, to_accept, "Khiếu nại"),
}
EVERY_ACT = pytest.mark.parametrize("key", CASES)


@dataclass
class World:
    """One commune with a survey, and people of every role."""

    commune: object
    survey: object
    case: Case

    def person(self, role: Role, name: str = "") -> Identity:
        """Somebody of that role, in the commune or in the province; the same at every call."""
        unit = self.commune.province if role in access.PROVINCIAL else self.commune.unit
        email = f"{role}-{unit.code}{name}@thu"
        with db.transaction() as current:
            user = current.scalar(select(User).where(User.email == email))
            if user is None:
                made = datetime.now(UTC)
                user = User(email=email, name=f"Bà {role}", role=role, unit_id=unit.id, created_at=made)
                current.add(user)
                current.flush()
            return Identity(user.id, user.name, role, unit.id, unit.path)

    def asked(self, by: Identity) -> int:
        with db.transaction() as current:
            survey = queries.survey(current, self.survey.id)
            return self.case.ask(current, self.commune, survey, by, datetime.now(UTC))

    def decided(self, number: int, by: Identity, *, approved: bool = True):
        with db.transaction() as current:
            return deciding.decide(
                current, number, approved=approved, reason=SAID, by=by, now=datetime.now(UTC)
            )

    def done(self, key: str) -> int:
        """How often the act itself is in the log."""
        db.session().rollback()
        found = select(audit.AuditEvent).where(
            audit.AuditEvent.act == key, audit.AuditEvent.actor != "operator"
        )
        return len(db.session().scalars(found.order_by(audit.AuditEvent.id)).all())


def sign(world: World) -> None:
    """As rows: who signed does not matter to what comes after."""
    with db.transaction() as current:
        current.get_one(Survey, world.survey.id).state = State.SIGNED


@pytest.fixture
def world(key, make_commune, make_survey, move_on, hand_out):
    commune, case = make_commune(), CASES[key]
    first = State.DRAFT if case.state is State.DRAFT else State.OPEN
    survey = make_survey(commune, first)
    if first is State.OPEN:
        hand_out(survey, commune.villages["Phung"], 3)
    if case.state in {State.SEALED, State.SIGNED}:
        move_on(survey, State.SEALED)
    elif case.state is State.COUNTING:
        move_on(survey, State.COUNTING)
    made = World(commune, queries.survey(db.session(), survey.id), case)
    if case.state is State.SIGNED:
        sign(made)
    return made


@pytest.fixture
def enter(app, client, sign_in):
    """Continue with the client as that person."""

    def as_person(person: Identity):
        sign_in(person.role, units.unit(db.session(), person.unit_id))
        access.supply_identity(app, lambda: person)
        return client

    return as_person


def both_ways(key: str) -> list[tuple[Role, Role]]:
    """Pairs of one who asks and one who decides, from either side."""
    first, second = registry.act(key).needs.sides
    return [
        (a, b)
        for own, other in ((first, second), (second, first))
        for a in sorted(own)
        for b in sorted(other)
    ]


def where(number: int, reader: Identity) -> str:
    """Address of the page on which the request is decided."""
    with current_app.test_request_context():
        return registry.decision_page(requests.approval(db.session(), number, reader))


def test_the_table_holds_the_acts_that_exist_and_no_other(app):
    assert set(registry.acts()) == set(CASES)
    assert {act.value for act in Act} | {annulling.ACT, signatures.ACT, custody.ACCEPT} == set(CASES)
    assert all(act.key == key and str(act.words) for key, act in registry.acts().items())


def test_an_act_that_moves_an_end_says_so_on_papers_and_has_a_button_and_no_other_does():
    moving = {act for act, row in agreed.TABLE.items() if row.until}

    assert {act for act, row in agreed.TABLE.items() if row.moved} == moving
    assert {act for act, row in agreed.TABLE.items() if row.button} == moving | {Act.ANNUL}


def test_an_agreement_that_one_side_could_make_alone_cannot_be_written():
    with pytest.raises(ValueError, match="alone"):
        Agreement((frozenset({Role.COMMUNE}), frozenset({Role.COMMUNE, Role.FRONT_COMMUNE})))


@EVERY_ACT
def test_each_pair_of_the_two_sides_carries_it_out_once_and_nothing_before(world, key):
    asker, decider = both_ways(key)[0]
    number = world.asked(world.person(asker))
    before = world.done(key)

    world.decided(number, world.person(decider))

    assert (before, world.done(key)) == (0, 1)


@EVERY_ACT
def test_its_page_shows_the_evidence_and_takes_the_decision(world, key, enter):
    asker, decider = both_ways(key)[-1]
    number = world.asked(world.person(asker))
    reader = world.person(decider)
    address = where(number, reader)

    page = enter(reader).get(address)
    form = Page(page.text).form(action=address)
    bare = enter(reader).post(address, data=form.data(decision="refused", reason=""))
    sent = enter(reader).post(address, data=form.data(decision="approved", reason=SAID))
    again = enter(reader).post(address, data=form.data(decision="approved", reason=SAID))

    assert world.case.shows in page.text
    assert world.survey.unit.full_name in page.text or "Làng Phung" in page.text
    assert [page.status_code, bare.status_code, sent.status_code] == [200, 422, 303]
    assert again.status_code == 409
    assert world.done(key) == 1


@EVERY_ACT
def test_it_stands_on_the_list_of_today_of_who_decides_and_of_nobody_else(app, world, key):
    asker, _decider = both_ways(key)[0]
    number = world.asked(world.person(asker))
    deciders = registry.act(key).needs.deciders(asker)

    told = set()
    with app.test_request_context():
        for role in Role:
            person = world.person(role)
            found = todo.todos(db.session(), person, datetime.now(UTC))
            if person.role.body and any(item.title == f"Duyệt: {registry.act_name(key)}" for item in found):
                told.add(role)
                assert where(number, person) in [item.url for item in found if item.urgent]

    assert told == deciders


@EVERY_ACT
def test_one_side_alone_or_somebody_of_neither_cannot_carry_it_out(app, world, key, enter):
    app.config["WTF_CSRF_ENABLED"] = False
    asker, decider = both_ways(key)[0]
    number = world.asked(world.person(asker))
    others = set(Role) - registry.act(key).needs.deciders(asker)

    for role in sorted(others):
        person = world.person(role, "khác")
        address = where(number, world.person(decider))
        shown = enter(person).get(address)
        assert 'name="decision"' not in shown.text
        reply = enter(person).post(address, data={"decision": "approved", "reason": SAID})
        assert reply.status_code in {403, 404}, role
        with pytest.raises(DomainError):
            world.decided(number, person)

    assert world.done(key) == 0


@EVERY_ACT
def test_the_same_person_is_not_both_sides_after_changing_offices(world, key):
    asker, decider = both_ways(key)[0]
    one, other = world.person(asker), world.person(decider)
    number = world.asked(one)

    with pytest.raises(ApprovalRefused):
        world.decided(number, replace(other, user_id=one.user_id))

    assert world.done(key) == 0


@EVERY_ACT
def test_an_office_that_has_no_part_in_it_cannot_ask(world, key):
    for role in sorted(set(Role) - registry.act(key).needs.askers):
        with pytest.raises(DomainError):
            world.asked(world.person(role))

    db.session().rollback()
    assert db.session().scalars(select(Approval)).all() == []


@EVERY_ACT
def test_what_was_refused_is_not_carried_out_and_not_decided_again(world, key):
    asker, decider = both_ways(key)[0]
    number = world.asked(world.person(asker))
    world.decided(number, world.person(decider), approved=False)

    with pytest.raises(ApprovalDecided):
        world.decided(number, world.person(decider, "khác"))

    assert world.done(key) == 0


@EVERY_ACT
def test_a_request_about_what_is_no_longer_so_changes_nothing_and_stays_open(world, key):
    asker, decider = both_ways(key)[0]
    number = world.asked(world.person(asker))
    with db.transaction() as current:
        survey = current.get_one(Survey, world.survey.id)
        survey.state, survey.revision = State.ANNULLED, survey.revision + 1

    with pytest.raises(DomainError):
        world.decided(number, world.person(decider))

    db.session().rollback()
    assert world.done(key) == 0
    assert db.session().get_one(Approval, number).decision is None


@EVERY_ACT
def test_a_page_of_an_earlier_request_does_not_decide_a_later_one(world, key, enter):
    asker, decider = both_ways(key)[0]
    first = world.asked(world.person(asker))
    reader = world.person(decider)
    old = where(first, reader)
    stale = Page(enter(reader).get(old).text).form(action=old)
    world.decided(first, world.person(decider, "khác"), approved=False)
    answered = enter(reader).post(old, data=stale.data(decision="approved", reason=SAID))
    world.asked(world.person(asker))

    reply = enter(reader).post(old, data=stale.data(decision="approved", reason=SAID))

    assert (answered.status_code, reply.status_code) == (409, 409)
    assert world.done(key) == 0


@EVERY_ACT
def test_a_paper_signed_by_hand_decides_it_once_a_second_person_has_looked(app, world, key, enter):
    app.extensions["settings"] = replace(app.extensions["settings"], paper_signatures=True)
    asker, decider = both_ways(key)[0]
    number = world.asked(world.person(asker))
    address = f"/can-bo/phe-duyet/{number}/ban-giay"
    first, second = world.person(decider), world.person(decider, "khác")

    page = enter(first).get(address)
    typed = {"decision": "approved", "signer": "Siu H'Lan", "reason": SAID}
    typed["signed_on"] = units.civil(datetime.now(UTC)).isoformat()
    fields = Page(page.text).form(action=address).data(**typed)
    boundary, body = encode_multipart(fields | {"scan": FileStorage(io.BytesIO(PDF), "ban.pdf")})
    kept = enter(first).post(address, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')
    before = world.done(key)
    check = Page(enter(second).get(address).text).form(action=f"{address}/xac-nhan")
    confirmed = enter(second).post(check.action, data=check.data(outcome="confirmed"))

    assert str(registry.act(key).words) in page.text
    assert (kept.status_code, before, confirmed.status_code, world.done(key)) == (303, 0, 303, 1)


@pytest.mark.both_engines
@pytest.mark.parametrize("key", ["fieldwork.extend", "results.sign"])
def test_two_who_decide_in_the_same_moment_carry_it_out_once(app, world, key):
    asker, decider = both_ways(key)[0]
    number = world.asked(world.person(asker))
    people = [world.person(decider, str(n)) for n in range(4)]
    db.session().rollback()

    def run(person):
        with app.app_context():
            try:
                return world.decided(number, person).decision
            except ApprovalDecided:
                return "too late"

    with ThreadPoolExecutor(max_workers=len(people)) as pool:
        outcomes = [job.result(timeout=120) for job in [pool.submit(run, person) for person in people]]

    assert sorted(outcomes) == ["approved", *["too late"] * 3]
    assert world.done(key) == 1
