"""What leaves of a sealed result, after disclosure: scorecards, the public page, sets, signatures, custody of keys."""

from flask import Flask

from survey_app import audit, jobs
from survey_app.accounts import todo
from survey_app.approvals import registry
from survey_app.fieldwork import decision_facts, links, survey_page
from survey_app.fieldwork.links import Link
from survey_app.fieldwork.models import TAKING_ANSWERS, WITH_SEAL, Purpose, State
from survey_app.i18n import lazy_gettext
from survey_app.results import (
    commands,
    custody_views,
    findings_block,
    log_words,
    open_points,
    place_views,
    pledge_views,
    posting_photo_views,
    posting_views,
    public_remark_door,
    public_remark_views,
    public_views,
    schedule,
    set_views,
    signing,
    signing_views,
    views,
    wording,
    year_map,
)


def init_app(app: Flask) -> None:
    """Pages, commands, reminders and the jobs of this room."""
    audit.register(app, log_words.WORDS)
    app.register_blueprint(views.bp)
    app.register_blueprint(public_views.bp)
    app.register_blueprint(set_views.bp)
    app.register_blueprint(signing_views.bp)
    app.register_blueprint(custody_views.bp)
    app.register_blueprint(posting_photo_views.bp)
    app.register_blueprint(place_views.bp)
    app.register_blueprint(pledge_views.bp)
    app.register_blueprint(public_remark_door.bp)
    app.register_blueprint(public_remark_views.bp)
    app.cli.add_command(commands.group)
    jobs.register(app, "results.keys", schedule.destroy_keys)
    links.register(
        app,
        Link("results.page", lazy_gettext("Result"), WITH_SEAL, leads=True, purposes=tuple(Purpose)),
        Link(
            "results.page",
            lazy_gettext("Figures so far"),
            TAKING_ANSWERS,
            leads=True,
            purposes=(Purpose.FEEDBACK,),
        ),
        Link("signing.page", lazy_gettext("Sign the result"), (State.SEALED,), leads=True),
        Link("signing.page", lazy_gettext("Signatures"), (State.SIGNED,)),
        Link("pledges.page", lazy_gettext("What the commune will do"), WITH_SEAL),
        Link("public_remarks.page", lazy_gettext("Remarks of the public"), (*TAKING_ANSWERS, *WITH_SEAL)),
        Link("custody.page", lazy_gettext("Complaints and key"), (*WITH_SEAL, State.ANNULLED)),
    )
    survey_page.register_part(app, findings_block.part)
    app.jinja_env.filters.update(
        back_check_text=findings_block.back_check_text,
        above_frame_text=wording.above_frame_text,
        open_point=open_points.text,
        result_sentence=wording.sentence,
        outside_programme_text=wording.outside_programme_text,
        item_topics=wording.topics,
        how_items_read=wording.how_items_read,
        stage_name=year_map.stage_name,
    )
    decision_facts.supply(app, signing.known_before_deciding)
    registry.register(app, signing_views.SIGN, custody_views.ACCEPT)
    todo.register(app, signing_views.todos)
    todo.register(app, posting_views.todos)
    todo.register(app, public_remark_views.todos)
