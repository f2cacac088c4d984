"""Drafting, translating and freezing questionnaires, and the library of templates that are shipped."""

from flask import Flask

from survey_app import audit, menu
from survey_app.accounts import handover
from survey_app.authoring import commands, editing_views, handing, log_words, queries, views, wording
from survey_app.i18n import gettext as _
from survey_app.i18n import lazy_gettext
from survey_app.journal import queries as journal
from survey_app.menu import MenuEntry, Step


def init_app(app: Flask) -> None:
    """Pages under /can-bo/mau-phieu and the `authoring` commands."""
    audit.register(app, log_words.WORDS)
    app.register_blueprint(views.bp)
    app.register_blueprint(editing_views.bp)
    app.cli.add_command(commands.group)
    app.jinja_env.filters.update(level_name=wording.level_name, level_source=wording.level_source)
    menu.register(app, MenuEntry("authoring.index", lazy_gettext("Forms"), 400))
    handover.register(app, handing.open_work)
    menu.register_step(app, Step("instrument_id", "authoring.show", lambda _number: _("The form")))
    journal.register(app, "instrument", queries.subjects_under)
