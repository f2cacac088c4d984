"""Personal data: data map, retention, erasing, redaction, requests of data subjects, moderated open-ended answers."""

from flask import Flask

from survey_app import audit, jobs, menu
from survey_app.accounts import todo
from survey_app.fieldwork import links
from survey_app.fieldwork.links import Link
from survey_app.fieldwork.models import TAKING_ANSWERS, WITH_SEAL, Purpose
from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import lazy_gettext
from survey_app.menu import MenuEntry, Place
from survey_app.privacy import commands, log_words, schedule, text_views, views
from survey_app.sealing import at_sealing
from survey_app.sealing import texts as sealed_texts


def _asks_in_words(survey: SurveyView) -> bool:
    return bool(sealed_texts.questions_of(survey))


def init_app(app: Flask) -> None:
    """Pages, commands, reminders and the job of this room."""
    audit.register(app, log_words.WORDS)
    app.register_blueprint(views.bp)
    app.register_blueprint(text_views.bp)
    app.cli.add_command(commands.group)
    jobs.register(app, "results.erase", schedule.erase_owed)
    at_sealing.supply_follow(app, schedule.erase_owed)
    menu.register(
        app,
        MenuEntry("privacy.log", lazy_gettext("Requests on personal data"), 100, Place.FOOTER),
        MenuEntry("privacy.data_map", lazy_gettext("Data map"), 200, Place.FOOTER),
    )
    links.register(
        app,
        Link("texts.index", lazy_gettext("Written opinions"), WITH_SEAL, only=_asks_in_words),
        Link(
            "texts.index",
            lazy_gettext("Written opinions"),
            (*TAKING_ANSWERS, *WITH_SEAL),
            purposes=(Purpose.FEEDBACK,),
            only=_asks_in_words,
        ),
    )
    todo.register(app, views.todos)
