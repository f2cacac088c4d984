"""The year that an address names, for views of every room."""

from flask import abort

from survey_app.rulebooks import queries


def require_known_year(year: int) -> None:
    """A year that nobody reports about is a page that does not exist: 404."""
    if year not in queries.YEARS:
        abort(404)
