"""What carries results to offices: papers, the board as files and its chart, the evidence pack."""

from flask import Flask

from survey_app import audit, drawing, jobs, menu
from survey_app.fieldwork import links
from survey_app.fieldwork.links import Link
from survey_app.fieldwork.models import WITH_SEAL
from survey_app.i18n import lazy_gettext
from survey_app.menu import MenuEntry, Place
from survey_app.reporting import (
    log_words,
    pack_views,
    paper_views,
    signed_papers,
    signed_views,
    spool,
    style_views,
    views,
)
from survey_app.reporting.blocks import Block
from survey_app.reporting.commands import commands


def init_app(app: Flask) -> None:
    """Pages, files, commands, and wording for the papers."""
    audit.register(app, log_words.WORDS)
    app.register_blueprint(views.bp)
    app.register_blueprint(paper_views.bp)
    app.register_blueprint(pack_views.bp)
    app.register_blueprint(style_views.bp)
    app.register_blueprint(signed_views.bp)
    app.cli.add_command(commands)
    jobs.register(app, "reporting.packs", spool.work)
    menu.register(app, MenuEntry("packs.page", lazy_gettext("Evidence packs"), 940, Place.FOOTER))
    menu.register(app, MenuEntry("paper_style.page", lazy_gettext("Heads of papers"), 950, Place.FOOTER))
    links.register(app, Link("papers.page", lazy_gettext("Papers and posting"), WITH_SEAL, leads=True))
    app.jinja_env.filters.update(
        act_words=audit.act_name,
        block_kind=_block_kind,
        qr_uri=_qr_uri,
        paper_kind_name=signed_papers.paper_kind_name,
    )


def _block_kind(block: Block) -> str:
    return type(block).__name__


def _qr_uri(content: str) -> str:
    return drawing.data_uri(drawing.qr_svg(content))
