"""Printed matter of the field: slips, covers, receipt lists and posters, and the page that prints them."""

from flask import Flask

from survey_app.fieldwork import links
from survey_app.fieldwork.commands import group
from survey_app.fieldwork.links import Link
from survey_app.fieldwork.models import BEFORE_THE_END, IN_THE_FIELD, Purpose
from survey_app.i18n import lazy_gettext
from survey_app.printing import commands, commune_views, form_views, kit_views, posters


def init_app(app: Flask) -> None:
    """Register the papers, where the survey's page leads to them, and the command that makes slips."""
    for pages in {
        commune_views.bp,
        kit_views.bp,
        form_views.bp,
    }:  # one blueprint, to which all have added their pages
        app.register_blueprint(pages)
    group.add_command(commands.make_slips)
    app.jinja_env.globals["poster_sizes"] = posters.SIZES
    links.register(
        app,
        Link(
            "printing.papers",
            lazy_gettext("Slips and posters"),
            IN_THE_FIELD,
            leads=True,
        ),
        Link(
            "printing.papers",
            lazy_gettext("Poster with the QR"),
            BEFORE_THE_END,
            leads=True,
            purposes=(Purpose.FEEDBACK,),
        ),
    )
