"""Register of units: provinces and communes before and after July 2025, villages and their households."""

from flask import Flask

from survey_app import audit, menu
from survey_app.i18n import lazy_gettext
from survey_app.menu import MenuEntry
from survey_app.units import commands, kinds, log_words, views
from survey_app.units.lists import views as list_views


def init_app(app: Flask) -> None:
    """Put the pages and commands of this room into the application."""
    kinds.refuse_taken(app.extensions["settings"].village_kinds)
    audit.register(app, log_words.WORDS)
    app.register_blueprint(views.bp)
    app.register_blueprint(list_views.bp)
    menu.register(app, MenuEntry("units.communes", lazy_gettext("Villages"), 500))
    app.cli.add_command(commands.group)
