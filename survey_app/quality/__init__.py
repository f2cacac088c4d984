"""What asks to be compared: flags of fabrication, paradata, back-check, drawn paper slips, reconciliation."""

from flask import Flask

from survey_app import audit
from survey_app.fieldwork import links
from survey_app.fieldwork.links import Link
from survey_app.fieldwork.models import WITH_SEAL, State
from survey_app.i18n import lazy_gettext
from survey_app.quality import (
    comparison_views,
    log_words,
    paper_draw_views,
    sealed_paradata,
)
from survey_app.sealing import at_sealing


def init_app(app: Flask) -> None:
    """Pages of this room, and what it keeps of answers at a seal."""
    audit.register(app, log_words.WORDS)
    app.register_blueprint(comparison_views.bp)
    app.register_blueprint(paper_draw_views.bp)
    at_sealing.supply_keep(app, sealed_paradata.keep)
    links.register(
        app,
        Link("comparison.page", lazy_gettext("Compare with the papers"), (State.COUNTING, *WITH_SEAL)),
        Link("paper_draw.page", lazy_gettext("Compare drawn slips"), WITH_SEAL),
    )
