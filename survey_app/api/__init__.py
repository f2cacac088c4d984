"""Documented machine doors: the same operations as the pages, in JSON."""

from flask import Flask

from survey_app.api import views


def init_app(app: Flask) -> None:
    """Register /api/v1."""
    app.register_blueprint(views.bp)
