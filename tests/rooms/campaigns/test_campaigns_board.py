"""The board of a province: findings, targets, coverage and reasons, on both databases."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from survey_app import db
from survey_app.campaigns import queries
from survey_app.campaigns.book_targets import Beside
from survey_app.campaigns.waits import Reason
from survey_app.criteria.findings import Verdict
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.models import Channel, Purpose, State, Survey
from survey_app.reporting import exports
from survey_app.results import verdicts
from survey_app.rulebooks import operations as rulebooks
from survey_app.rulebooks import pins
from survey_app.rulebooks.packaged import packaged
from survey_app.scoring import tallies
from survey_app.scoring.disclosure import Audience
from survey_app.scoring.rates import Rate
from survey_app.scoring.tallies import ItemTally, Tally
from survey_app.sealing.models import FeedbackFigure
from survey_app.units import queries as units
from survey_app.units import reforms
from tests import shipped

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
YEAR = 2026


def target(board, key):
    return next(one for one in board.targets if one.target.key == key)


def conditions(row):
    return {one.requirement.key: one.verdict for one in row.conditions}


def test_gia_lai_has_110_communes_in_scope_and_25_wards_outside(app):
    with db.transaction() as current:
        reforms.import_register(current, now=NOW)
        gia_lai = units.unit_by_code(current, "52", date(2026, 6, 1))

    board = queries.board(db.session(), gia_lai, 2026, NOW)

    assert len(board.rows) == shipped.COMMUNES
    assert board.in_scope == shipped.RURAL_COMMUNES
    assert {row.unit.kind for row in board.rows if not row.in_scope} == {"phuong"}
    assert all(row.finding is None and row.conditions == () for row in board.rows if not row.in_scope)
    assert board.denominator.units == {"xa": shipped.RURAL_COMMUNES, "phuong": shipped.WARDS}
    assert board.denominator.legal_basis == "1664/NQ-UBTVQH15; 19/2025/QĐ-TTg"
    assert board.denominator.since == date(2025, 7, 1)
    assert target(board, "communes_8_4").reach.total == shipped.RURAL_COMMUNES
    assert target(board, "online_feedback").reach.total == shipped.COMMUNES


def test_a_commune_meets_the_consultation_half_by_one_signed_survey_with_a_valid_slip_by_phone(province):
    met, paper_only, blank, none = (province.commune(name) for name in ("A", "B", "C", "D"))
    province.signed(met, by_phone=1)
    province.signed(paper_only, by_phone=0)
    province.signed(blank, by_phone=0, blank_by_phone=1)

    findings = [province.row(commune).finding for commune in (met, paper_only, blank, none)]

    assert findings == [Verdict.MET, Verdict.NOT_MET, Verdict.NOT_MET, Verdict.NOT_MET]
    assert "tổ chức lấy ý kiến" in province.row(met).event.requirement.quote


def test_a_sealed_result_that_nobody_signed_awaits_signatures_and_counts_nowhere(province):
    unsigned, signed = province.commune("A"), province.commune("B")
    province.sealed(unsigned, confirmed=True)
    province.signed(signed)

    row, board = province.row(unsigned), province.board()

    assert (row.finding, row.awaits) == (Verdict.INSUFFICIENT_EVIDENCE, ("signatures",))
    assert target(board, "communes_8_4").reach.met == 1
    assert target(board, "communes_8_4").beside.used_confirmed_form == 0
    assert province.row(signed).awaits == ()


def test_the_newest_sealed_survey_speaks_with_its_own_rate_and_its_own_verdicts(province):
    commune = province.commune("A")
    province.signed(commune, satisfied=80, valid=80, sealed_at=NOW - timedelta(days=40))
    newest = province.signed(commune, satisfied=40, valid=80, by_phone=0)
    province.use()

    row = province.row(commune)

    assert (row.survey_id, row.pooled) == (newest, Rate(80, 160))
    assert conditions(row)["pooled"] is Verdict.NOT_MET
    assert conditions(row)["coverage"] is Verdict.MET


def test_an_earlier_survey_can_only_be_the_event_and_is_named(province):
    commune = province.commune("A")
    earlier = province.signed(commune, sealed_at=NOW - timedelta(days=40))
    newest = province.signed(commune, by_phone=0)

    row = province.row(commune)

    assert (row.finding, row.event.rule.code) == (Verdict.MET, "consulted_earlier")
    assert (row.event.rule.params["survey"], row.event.rule.params["newest"]) == (earlier, newest)


def test_a_seal_that_was_held_up_does_not_let_an_older_survey_speak(province):
    commune = province.commune("A")
    long_ago = NOW - timedelta(days=60)
    newest = province.signed(commune, sealed_at=NOW - timedelta(days=20))
    province.signed(commune, sealed_at=NOW, closes_at=long_ago, opens_at=long_ago - timedelta(days=8))

    assert province.row(commune).survey_id == newest


def test_beside_the_share_stands_how_many_of_those_counted_reached_coverage_with_a_confirmed_form(province):
    both, few, home_made, not_counted = (province.commune(name) for name in ("A", "B", "C", "D"))
    province.signed(both, confirmed=True)
    province.signed(few, satisfied=30, valid=30, confirmed=True)
    province.signed(home_made)
    province.signed(not_counted, by_phone=0, confirmed=True)

    unset = target(province.board(), "communes_8_4").beside
    province.use()
    beside = target(province.board(), "communes_8_4").beside

    assert unset == Beside(reached_coverage=None, used_confirmed_form=2, declared_half=0, both_halves=0)
    assert beside == Beside(reached_coverage=2, used_confirmed_form=2)
    assert target(province.board(), "online_feedback").beside is None


@pytest.mark.both_engines
def test_a_village_above_its_frame_stands_beside_the_finding_and_a_commune_above_it_is_insufficient(province):
    commune, whole = province.commune("A"), province.commune("B")
    number = province.signed(commune, households=100)
    province.signed(whole, satisfied=101, valid=101, households=100)
    province.frame(number, households=79)
    province.use()

    row, exceeding = province.row(commune), province.row(whole)

    assert [(one.name, one.answered, one.households) for one in row.above_frame] == [("Thôn Một", 80, 79)]
    assert row.finding is Verdict.MET
    assert exceeding.finding is Verdict.INSUFFICIENT_EVIDENCE
    assert exceeding.awaits == ()
    told = conditions(exceeding)
    assert {told[key] for key in ("coverage", "pooled", "each_item")} == {Verdict.INSUFFICIENT_EVIDENCE}


def test_the_condition_on_each_item_names_the_items_that_miss_it(province):
    commune = province.commune("A")
    province.signed(commune, satisfied=40, valid=80)
    province.use()

    found = next(one for one in province.row(commune).conditions if one.requirement.key == "each_item")

    assert [(one.place, one.text["vi"], one.rate) for one in found.rule.missed] == [
        (1, "Đường sá", Rate(40, 80)),
        (2, "Nước sạch", Rate(40, 80)),
    ]


def test_a_threshold_without_a_source_is_not_configured_whatever_the_rate(province):
    commune = province.commune("A")
    province.sealed(commune, satisfied=1)

    told = conditions(province.row(commune))
    del told["it_use"]
    assert set(told.values()) == {Verdict.NOT_CONFIGURED}


def test_the_card_shows_both_halves_of_the_indicator_and_where_they_meet(province):
    both, consulted, declared = (province.commune(name) for name in ("A", "B", "C"))
    for commune in (both, consulted):
        province.signed(commune)
    for commune in (both, declared):
        province.declare(commune)
    waiting = target(province.board(), "communes_8_4").beside
    for commune in (both, declared):
        province.accept(commune)

    card = target(province.board(), "communes_8_4")

    assert (waiting.declared_half, waiting.both_halves) == (0, 0)
    assert (card.reach.met, card.reach.total) == (2, 3)
    assert (card.beside.declared_half, card.beside.both_halves) == (2, 1)
    assert province.row(declared).declared_half is Verdict.MET
    assert province.row(consulted).declared_half is Verdict.INSUFFICIENT_EVIDENCE


def test_the_demonstration_shows_all_four_verdicts(province):
    good, poor, few = (province.commune(name) for name in ("A", "B", "C"))
    province.signed(good, satisfied=80, valid=80)
    province.signed(poor, satisfied=40, valid=80)
    province.signed(few, satisfied=30, valid=30)
    province.use()

    assert conditions(province.row(good))["pooled"] is Verdict.MET
    assert conditions(province.row(poor))["pooled"] is Verdict.NOT_MET
    assert conditions(province.row(few))["pooled"] is Verdict.INSUFFICIENT_EVIDENCE
    assert conditions(province.row(good))["closing"] is Verdict.NOT_CONFIGURED


def test_a_verdict_under_another_rule_book_than_the_pinned_one_names_both(province):
    commune = province.commune("A")
    number = province.sealed(commune)
    with db.transaction() as current:
        pin = pins.take(current, province.unit.id, YEAR, now=NOW)
        survey = current.get_one(Survey, number)
        survey.rulebook_key, survey.rulebook_version = pin.key, pin.version
        survey.rulebook_digest, survey.rulebook_chosen = pin.digest, pin.is_chosen
    assert province.row(commune).pinned is None

    province.use()

    board = province.board()
    (row,) = (row for row in board.rows if row.unit.id == commune.id)
    assert "nâng cao 2021-2025" in row.pinned.title["vi"]
    assert board.book.title != row.pinned.title
    [heading, line, *_rest] = list(exports.unit_lines(board, [row]))
    told = dict(zip(heading, line, strict=False))
    assert told["Bộ tiêu chí của đợt lấy ý kiến, nếu khác"].endswith("(mặc định)")


@pytest.mark.parametrize(
    ("satisfied", "verdict"),
    [(9000, Verdict.MET), (8999, Verdict.NOT_MET)],
    ids=["exactly 90 %", "a hair below"],
)
def test_a_rate_is_compared_as_integers_at_the_very_threshold(province, satisfied, verdict):
    commune = province.commune("A")
    province.signed(commune, satisfied=satisfied, valid=10_000, households=10_000)
    province.use()

    assert conditions(province.row(commune))["pooled"] is verdict


def test_a_ward_never_counts_towards_the_indicator(province):
    ward = province.commune("Phố", kind="phuong")
    province.commune("A")
    province.sealed(ward)

    board = province.board()

    assert target(board, "communes_8_4").reach.met == 0
    assert target(board, "communes_8_4").reach.total == 1
    assert province.row(ward).finding is None


def test_a_commune_recognised_earlier_counts_as_met_and_names_the_decision(province):
    commune = province.commune("A")
    province.recognise(commune)

    row = province.row(commune)

    assert row.finding is Verdict.MET
    assert row.event.rule.params["decision"] == "12/QĐ-UBND, 06/05/2024"
    assert not row.needs_somebody
    assert target(province.board(), "communes_8_4").reach.met == 1


def test_a_recognition_counts_from_its_year_on_and_for_its_indicator_only(province):
    later, other = province.commune("A"), province.commune("B")
    province.recognise(later, on=date(2026, 3, 1))
    province.recognise(other, indicator="15.2")

    assert province.row(later, year=2025).finding is Verdict.NOT_MET
    assert province.row(later, year=2026).finding is Verdict.MET
    assert province.row(other).finding is Verdict.NOT_MET


def test_a_target_is_reached_at_exactly_its_goal(province):
    communes = [province.commune(name) for name in ("A", "B", "C", "D")]
    province.signed(communes[0])

    before = target(province.board(), "communes_8_4")
    province.signed(communes[1])
    after = target(province.board(), "communes_8_4")

    assert (before.reach.is_reached, before.reach.needed) == (False, 1)
    assert (after.reach.is_reached, after.reach.needed) == (True, 0)


def test_a_province_without_units_in_scope_has_no_share_and_reaches_nothing(province):
    board = province.board()

    assert all(one.reach.rate is None and not one.reach.is_reached for one in board.targets)
    assert all((one.reach.met, one.reach.total) == (0, 0) for one in board.targets)


def feedback_figure(province, commune, **told):
    """A running feedback survey with the figure of a day."""
    number = province.survey(
        commune, State.OPEN, purpose=Purpose.FEEDBACK, answered={Channel.SELF_ONLINE: 12}
    )
    blank = Tally(0, 12, 0, 0, (), ItemTally("closing"), {"visits": {"yes": 0}})
    figure = tallies.dump(blank) | {"numbers": {}, "texts": {"why": []}}
    province.session.add(FeedbackFigure(survey_id=number, day=NOW.date(), tally=figure | told))
    province.session.commit()


def test_the_feedback_target_needs_a_service_and_a_valid_answer_by_phone(province):
    both, service, answers, paper = (province.commune(name) for name in ("A", "B", "C", "D"))
    for commune in (both, service, paper):
        province.offer(commune)
    for commune in (both, answers):
        feedback_figure(province, commune, valid=1, invalid=11)
    province.signed(paper, by_phone=0)

    reach = target(province.board(), "online_feedback").reach

    assert (reach.met, reach.total) == (1, 4)


@pytest.mark.parametrize(
    ("told", "counts"),
    [
        ({}, 0),
        ({"valid": 1}, 1),
        ({"closing": {"key": "closing", "satisfied": 0, "dissatisfied": 1, "blank": 11}}, 1),
        ({"options": {"visits": {"yes": 1}}}, 1),
        ({"numbers": {"age": [1, 2, 3]}}, 1),
        ({"texts": {"why": ["a"]}}, 1),
    ],
    ids=["blank slips", "a scored answer", "the closing item", "a choice", "numbers", "words"],
)
def test_feedback_on_which_nothing_is_answered_is_no_feedback(province, told, counts):
    commune = province.commune("A")
    province.offer(commune)
    feedback_figure(province, commune, **told)

    assert target(province.board(), "online_feedback").reach.met == counts


def test_a_decision_survey_counts_for_the_feedback_target_once_its_valid_slips_are_signed(province):
    running, sealed, blank, signed = (province.commune(name) for name in ("A", "B", "C", "D"))
    for commune in (running, sealed, blank, signed):
        province.offer(commune)
    province.survey(running, State.OPEN, answered={Channel.SELF_ONLINE: 30})
    province.sealed(sealed)
    province.signed(blank, satisfied=0, valid=0)
    province.signed(signed)

    assert [row.is_answered_online for row in province.board().rows] == [False, False, False, True]
    assert target(province.board(), "online_feedback").reach.met == 1


def report_against(province, *further):
    """The shipped rule book, with more targets made of its own."""
    book = next(one for one in packaged() if one.targets and not one.demo)
    by_key = {one.key: one for one in book.targets}
    more = tuple(replace(by_key[key], key=name, **changed) for key, name, changed in further)
    with db.transaction() as current:
        rulebooks.load_packaged(current, now=NOW)
        rulebooks.record_framework(
            current, replace(book, targets=(*book.targets, *more)), actor="operator", now=NOW
        )
    province.use(book.key)


def test_each_of_two_feedback_targets_counts_the_purposes_that_it_accepts(province):
    feedback, decision = province.commune("A"), province.commune("B")
    for commune in (feedback, decision):
        province.offer(commune)
    feedback_figure(province, feedback, valid=1)
    province.signed(decision)

    report_against(province, ("online_feedback", "decided", {"accepts": ("decision",)}))
    board = province.board()

    assert target(board, "online_feedback").reach.met == 2
    assert target(board, "decided").reach.met == 1


def test_a_ward_that_asked_and_signed_never_enters_the_indicator_even_where_a_book_on_record_names_wards(
    province,
):
    commune, ward = province.commune("A"), province.commune("B", kind="phuong")
    for one in (commune, ward):
        province.signed(one)
    assert target(province.board(), "communes_8_4").reach.total == 1

    report_against(province, ("communes_8_4", "wards_too", {"in_scope_kinds": ("xa", "phuong")}))
    board = province.board()

    assert [(one.reach.met, one.reach.total, one.is_computed) for one in board.targets
            if one.target.key in {"communes_8_4", "wards_too"}] == [(1, 1, True), (1, 1, True)]  # fmt: skip
    row = province.row(ward)
    assert (row.in_scope, row.finding) == (False, None)
    assert (
        verdicts.of_survey(db.session(), surveys.survey(db.session(), row.survey_id), Audience.EXACT) is None
    )


def test_services_of_another_year_do_not_count(province):
    commune = province.commune("A")
    province.offer(commune, year=2025)
    feedback_figure(province, commune, valid=1)

    assert target(province.board(), "online_feedback").reach.met == 0


def test_rehearsals_and_annulled_surveys_count_nowhere(province):
    rehearsed, annulled = province.commune("A"), province.commune("B")
    province.sealed(rehearsed, rehearsal=True)
    province.survey(annulled, State.ANNULLED)

    assert province.row(rehearsed).survey_id is None
    assert province.row(annulled).survey_id is None
    assert target(province.board(), "communes_8_4").reach.met == 0


def test_a_running_survey_shows_the_hourly_coverage_and_no_rate(province):
    commune = province.commune("A")
    province.survey(commune, State.OPEN, answered={Channel.SELF_ONLINE: 20, Channel.PAPER_ENTRY: 5})

    row = province.row(commune)

    assert row.coverage == Rate(25, 100)
    assert row.pooled is None


def test_only_a_command_counts_to_the_moment(province):
    commune = province.commune("A")
    province.survey(commune, State.OPEN, answered={Channel.SELF_ONLINE: 20}, is_copied=False)

    assert province.row(commune).coverage == Rate(0, 100)
    assert province.row(commune, is_live=True).coverage == Rate(20, 100)


def test_a_result_of_very_few_slips_is_hidden_from_a_viewer_with_every_verdict_that_tells_it(province):
    commune = province.commune("A", households=9)
    province.signed(commune, satisfied=9, valid=9, households=9)
    province.use()

    exact = province.row(commune)
    told = province.row(commune, audience=Audience.STAFF)

    assert exact.pooled == Rate(18, 18)
    assert conditions(exact)["pooled"] is Verdict.MET
    assert told.is_hidden
    assert told.pooled is None
    assert told.coverage == Rate(9, 9)
    assert not {"pooled", "each_item"} & conditions(told).keys()


@pytest.mark.parametrize(
    ("sealed_at", "closes_at", "year"),
    [
        (datetime(2026, 1, 4, tzinfo=UTC), datetime(2025, 12, 29, tzinfo=UTC), 2025),
        (datetime(2026, 1, 4, tzinfo=UTC), datetime(2025, 12, 31, 17, 0, tzinfo=UTC), 2025),
        (datetime(2026, 1, 4, tzinfo=UTC), datetime(2026, 1, 1, 17, 0, tzinfo=UTC), 2026),
    ],
    ids=["counted after new year", "closed at midnight of new year", "closed on 1 January"],
)
def test_a_sealed_survey_belongs_to_the_year_its_phones_closed_in(province, sealed_at, closes_at, year):
    commune = province.commune("A")
    province.signed(
        commune, sealed_at=sealed_at, closes_at=closes_at, opens_at=closes_at - timedelta(days=20)
    )

    met = [
        candidate
        for candidate in (2025, 2026)
        if province.row(commune, year=candidate).finding is Verdict.MET
    ]

    assert met == [year]


def test_each_commune_says_what_it_waits_for(province):
    soon, past = NOW + timedelta(days=3), NOW - timedelta(hours=1)
    communes = {
        "no_households": province.commune("A", households=None),
        "no_survey": province.commune("B"),
        "draft": province.commune("C"),
        "not_open": province.commune("D"),
        "open": province.commune("E"),
        "counting": province.commune("F"),
        "overdue": province.commune("G"),
        "sealed": province.commune("H"),
        "signed": province.commune("I"),
    }
    province.survey(communes["draft"], State.DRAFT, opens_at=soon)
    province.survey(communes["not_open"], State.PUBLISHED, opens_at=soon)
    province.survey(communes["open"], State.OPEN, answered={Channel.SELF_ONLINE: 30})
    province.survey(communes["counting"], State.COUNTING, counting_ends_at=soon)
    province.survey(communes["overdue"], State.COUNTING, counting_ends_at=past - timedelta(days=1))
    province.sealed(communes["sealed"])
    province.signed(communes["signed"])

    waits = {name: province.row(commune).wait for name, commune in communes.items()}

    assert {name: wait and wait.reason for name, wait in waits.items()} == {
        "no_households": Reason.NO_HOUSEHOLDS,
        "no_survey": Reason.NO_SURVEY,
        "draft": Reason.NOT_SUBMITTED,
        "not_open": Reason.NOT_OPEN,
        "open": Reason.OPEN,
        "counting": Reason.COUNTING,
        "overdue": Reason.COUNTING,
        "sealed": Reason.SIGNATURES,
        "signed": None,
    }
    assert waits["open"].households_left == 70
    board = province.board()
    assert {row.unit.code for row in board.to_act} == {
        communes[name].code for name in ("no_households", "no_survey", "draft", "overdue", "sealed")
    }
    assert {row.unit.code for row in board.late} == {communes["overdue"].code}


def test_a_draft_that_was_sent_waits_for_the_front_to_act(province):
    commune = province.commune("A")
    number = province.survey(commune, State.DRAFT, opens_at=NOW + timedelta(days=3))
    province.ask_front(number, commune)

    row = province.row(commune)

    assert row.wait.reason is Reason.AWAITING_FRONT
    assert row.wait.until == date(2026, 6, 4)
    assert (row.needs_somebody, row.awaits_front, row.is_late) == (True, True, False)


def test_the_number_of_statements_does_not_grow_with_the_communes(province, statements):
    province.sealed(province.commune("A"))

    statements.clear()
    province.board()
    few = len(statements)
    for name in "BCDEF":
        commune = province.commune(name)
        province.sealed(commune)
        province.offer(commune)
    statements.clear()
    province.board()

    assert len(statements) == few
