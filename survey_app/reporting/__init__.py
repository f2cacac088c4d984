"""What carries results further: the province's board, papers and the evidence pack."""

from flask import Flask

from survey_app.accounts import todo
from survey_app.fieldwork import links
from survey_app.fieldwork.links import Link
from survey_app.fieldwork.models import State
from survey_app.i18n import lazy_gettext
from survey_app.journal import queries as journal
from survey_app.reporting import paper_views, wording
from survey_app.reporting.commands import commands
from survey_app.reporting.todos import late_communes, not_called_back
from survey_app.reporting.views import bp


def init_app(app: Flask) -> None:
    """Pages, commands, the lines of the to-do list, and wording for the templates."""
    app.register_blueprint(bp)
    app.register_blueprint(paper_views.bp)
    app.cli.add_command(commands)
    links.register(
        app, Link("papers.page", lazy_gettext("Papers and posting"), (State.SEALED, State.SIGNED), leads=True)
    )
    todo.register(app, late_communes)
    todo.register(app, not_called_back)
    app.jinja_env.filters.update(
        state_name=wording.state_name,
        wait_text=wording.wait_text,
        row_verdict=wording.row_verdict,
        beside_text=wording.beside_text,
        above_frame_text=wording.above_frame_text,
        reason_name=wording.reason_name,
        denominator_text=wording.denominator_text,
        kind_name=wording.kind_name,
        act_words=journal.act_name,
    )
