"""What carries results to offices: papers, the board as files and its chart, the evidence pack."""

from flask import Flask

from survey_app import audit
from survey_app.fieldwork import links
from survey_app.fieldwork.links import Link
from survey_app.fieldwork.models import State
from survey_app.i18n import lazy_gettext
from survey_app.reporting import log_words, paper_views, views
from survey_app.reporting.commands import commands


def init_app(app: Flask) -> None:
    """Pages, files, commands, and wording for the papers."""
    audit.register(app, log_words.WORDS)
    app.register_blueprint(views.bp)
    app.register_blueprint(paper_views.bp)
    app.cli.add_command(commands)
    links.register(
        app, Link("papers.page", lazy_gettext("Papers and posting"), (State.SEALED, State.SIGNED), leads=True)
    )
    app.jinja_env.filters.update(act_words=audit.act_name)
