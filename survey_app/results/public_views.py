"""What everybody may read of all results: the list of a province's year, open data, and what the data mean."""

import json
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from survey_app import access, db, files, paging
from survey_app.fieldwork.models import PUBLIC
from survey_app.fieldwork.scope import public_survey
from survey_app.i18n import carry_language
from survey_app.results import disclosed, open_data, year_list, year_map
from survey_app.results.disclosed import DisclosedResult
from survey_app.results.year_list import CommuneLine, YearList
from survey_app.results.year_map import MapPlace
from survey_app.rulebooks.scope import require_known_year
from survey_app.scoring.disclosure import Audience
from survey_app.sealing import queries
from survey_app.units import queries as units
from survey_app.units.queries import UnitView

#: Communes of the public list, so that a telephone shows it on five screens; its CSV has all of them.
_ON_A_PAGE = 8

bp = Blueprint("public_results", __name__, template_folder="templates")
bp.url_defaults(carry_language)


@bp.get("/ket-qua")
@access.public
def newest() -> ResponseReturnValue:
    """The newest year that has anything to show."""
    province = _province()
    years = year_list.years(db.session(), province) if province else ()
    year = years[0] if years else units.today().year
    return redirect(url_for("public_results.year", year=year, tinh=request.args.get("tinh")))


@bp.get("/ket-qua/nam/<int:year>")
@access.public
def year(year: int) -> ResponseReturnValue:
    """Every commune of the province with state, coverage, rate and lowest items, and the province's sums."""
    found, sought = _year(year), request.args.get("tim", "")
    return render_template(
        "results/year.html",
        found=found,
        provinces=_provinces(),
        sought=sought,
        shown=paging.page(found.named(sought), request.args.get("page"), _ON_A_PAGE),
        has_map=year_map.has_map(line.unit for line in found.lines),
    )


@bp.get("/ket-qua/nam/<int:year>/ban-do")
@access.public
def map_of_year(year: int) -> ResponseReturnValue:
    """The same communes by their state, as a map and as a list."""
    found = _year(year)
    drawn = year_map.year_map(_place(line) for line in found.lines)
    if drawn is None:
        abort(HTTPStatus.NOT_FOUND)
    several = len(_provinces()) > 1
    return render_template(
        "results/map.html", found=found, map=drawn, place=found.province.code if several else None
    )


@bp.get("/ket-qua/nam/<int:year>.csv")
@access.public
def year_file(year: int) -> Response:
    """The same as open data."""
    rows = tuple(open_data.year_rows(_year(year)))
    return files.download(files.csv_rows(rows), f"ket-qua-{year}", files.CSV)


@bp.get("/ket-qua/du-lieu-mo")
@access.public
def dictionary() -> ResponseReturnValue:
    """What columns and figures of the open data mean."""
    return render_template("results/open_data.html", entries=open_data.dictionary(), form=open_data.FORMAT)


@bp.get("/ket-qua/<survey_id>/so-lieu.csv")
@access.public
def table(survey_id: str) -> Response:
    """The figures of one public result, one a row."""
    result = _result(survey_id)
    return files.download(
        files.csv_rows(tuple(open_data.rows(result))), f"so-lieu-{result.survey.id}", files.CSV
    )


@bp.get("/ket-qua/<survey_id>/so-lieu.json")
@access.public
def machine(survey_id: str) -> Response:
    """The same with its dictionary."""
    result = _result(survey_id)
    body = json.dumps(open_data.document(result), ensure_ascii=False, indent=1)
    return files.download(body.encode(), f"so-lieu-{result.survey.id}", files.JSON)


def _place(line: CommuneLine) -> MapPlace:
    """A commune that was never asked has no page and leads to its line of the list."""
    leads = url_for("results.public", survey_id=line.survey_id) if line.survey_id else f"#xa-{line.unit.code}"
    return MapPlace(line.unit, year_map.stage_of(line.state), leads)


def _result(survey_id: str) -> DisclosedResult:
    survey = public_survey(survey_id, PUBLIC)
    try:
        return disclosed.result(db.session(), survey.id, Audience.PUBLIC)
    except (queries.NotSealed, queries.NoFiguresYet):
        abort(HTTPStatus.NOT_FOUND)


def _year(year: int) -> YearList:
    require_known_year(year)
    province = _province()
    if province is None:
        abort(HTTPStatus.NOT_FOUND)
    return year_list.of_year(db.session(), province, year, datetime.now(UTC))


def _provinces() -> tuple[UnitView, ...]:
    return units.provinces_with_communes(db.session(), units.today())


def _province() -> UnitView | None:
    """The province that the address names, or the first."""
    found, code = _provinces(), request.args.get("tinh")
    if not code:
        return found[0] if found else None
    named = next((one for one in found if one.code == code), None)
    return named or abort(HTTPStatus.NOT_FOUND)
