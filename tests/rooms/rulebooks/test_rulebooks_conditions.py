"""A finding as the one line that pages, papers and files tell: result, what is needed, verdict, what would change it."""

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask

from survey_app import i18n
from survey_app.criteria.findings import Consulted, Grounds, find
from survey_app.criteria.frameworks import (
    Comparison,
    Framework,
    PhoneSlips,
    Requirement,
    RequirementKind,
    Source,
    Threshold,
)
from survey_app.rulebooks import conditions
from survey_app.scoring.rates import Rate
from survey_app.scoring.scorecards import Scorecard
from survey_app.scoring.tallies import ItemTally, Tally
from tests.papers import TRANSLATIONS

SOURCE = Source("12/QĐ-MẪU", date(2026, 1, 5), "Điều 3")
ITEMS = (ItemTally("transport", 1290, 300, 41), ItemTally("environment", 1272, 300, 59))
TALLY = Tally(1631, 9, 359, 1200, ITEMS, ItemTally("overall", 1560, 71, 0), {})
CARD = Scorecard("xa", 2312, TALLY, {})
TEXTS = {"transport": {"vi": "Giao thông"}, "environment": {"vi": "Môi trường"}}
GROUNDS = Grounds((Consulted("0014", 900, True),), CARD, TEXTS, posted_days=7)


@pytest.fixture(autouse=True)
def in_vietnamese():
    app = Flask(__name__)
    app.config["TRANSLATIONS"] = TRANSLATIONS
    i18n.init_app(app)
    with app.test_request_context(), i18n.force_locale("vi"):
        yield


def told(kind, evidence=GROUNDS, *, basis_points=None, days=None, **changes):
    """The line of one condition, alone in its rule book."""
    given = basis_points is not None or days is not None
    threshold = Threshold(basis_points, Comparison.AT_LEAST, SOURCE, days) if given else None
    condition = Requirement(kind, "8.4", RequirementKind(kind), {"vi": "Điều kiện"}, "", threshold)
    book = Framework(
        *("mau", 1, {"vi": "Mẫu"}, date(2026, 1, 1), date(2026, 12, 31), True),
        (replace(condition, **changes),),
        (),
    )
    return conditions.line(find(book, evidence)[0])


def test_coverage_names_the_households_to_spare_and_those_missing():
    reached, missed = told("coverage", basis_points=7000), told("coverage", basis_points=7153)

    assert (reached.result, reached.needed) == ("1.640/2.312 = 70,93\u00a0%", "từ 70\u00a0% trở lên")
    assert reached.concluded == "đạt: dư 21 hộ"
    assert missed.concluded == "chưa đạt: còn thiếu 14 hộ"
    assert (missed.rate, missed.source) == (Rate(1640, 2312), "12/QĐ-MẪU, 05/01/2026, Điều 3")


def test_each_missed_item_is_named_with_the_households_it_is_short_of():
    line = told("each_item_rate", basis_points=8000)

    assert line.result == "0/2 nội dung"
    assert (
        line.change == "Giao thông 79,09\u00a0% (còn thiếu 15 hộ), Môi trường 77,99\u00a0% (còn thiếu 33 hộ)"
    )


def test_a_pooled_rate_is_short_of_answers_and_not_of_households():
    assert told("pooled_rate", basis_points=8000).change == "còn thiếu 48 lượt trả lời hài lòng"


def test_what_nobody_asks_stands_with_its_figure_and_no_verdict():
    line = told("closing_rate")

    assert (line.result, line.needed, line.verdict) == ("1.560/1.631 = 95,65\u00a0%", "–", "chưa cấu hình")


def test_days_and_slips_by_phone_are_counted_as_such():
    event = PhoneSlips(1000, SOURCE)

    assert told("posting_days", days=10).change == "còn thiếu 3 ngày"
    assert told("consultation_event", phone_slips=event).change == "còn thiếu 100 phiếu hợp lệ qua điện thoại"


def test_a_back_check_waits_until_it_is_recorded():
    done = replace(GROUNDS, is_back_checked=True)

    assert told("back_check", source=SOURCE).verdict == "chờ đối chiếu"
    assert told("back_check", done, source=SOURCE).verdict == "đạt"


def test_a_running_survey_says_how_many_households_are_missing_and_concludes_nothing():
    line = told("coverage", Grounds(so_far=Rate(1212, 2312)), basis_points=7000)

    assert (line.verdict, line.change) == ("chưa chốt", "còn thiếu 407 hộ")
