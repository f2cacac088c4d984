"""The manual: what each role does, in Vietnamese, on pages and as a PDF from the same text."""

from flask import Flask

from survey_app import menu
from survey_app.i18n import lazy_gettext
from survey_app.manual import views
from survey_app.menu import MenuEntry, Place


def init_app(app: Flask) -> None:
    """Register the pages and their entry at the foot of every page of staff."""
    app.register_blueprint(views.bp)
    menu.register(app, MenuEntry("manual.contents", lazy_gettext("Manual"), 50, Place.FOOTER))
