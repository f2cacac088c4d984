"""Rule books and targets as the province keeps them, services offered, and earlier recognitions."""

from flask import Flask

from survey_app import audit, menu
from survey_app.access import Identity
from survey_app.i18n import lazy_gettext
from survey_app.menu import MenuEntry
from survey_app.rulebooks import (
    conditions,
    declaration_views,
    edit_views,
    log_words,
    problem_words,
    rule_texts,
    wording,
)
from survey_app.rulebooks.commands import commands
from survey_app.rulebooks.targets import several_views
from survey_app.rulebooks.targets import wording as target_wording
from survey_app.rulebooks.views import bp


def _is_of_commune(person: Identity) -> bool:
    return not person.is_provincial


def init_app(app: Flask) -> None:
    """Pages, commands, and the wording of rules for templates of all rooms above."""
    audit.register(app, log_words.WORDS)
    app.register_blueprint(bp)
    app.register_blueprint(edit_views.bp)
    app.register_blueprint(declaration_views.bp)
    app.register_blueprint(several_views.bp)
    menu.register(app, MenuEntry("rulebooks.services_start", lazy_gettext("Services"), 700))
    menu.register(
        app,
        MenuEntry("plan_targets.start", lazy_gettext("Targets of the plan"), 750, only=_is_of_commune),
    )
    app.cli.add_command(commands)
    app.jinja_env.filters.update(
        verdict_name=wording.verdict_name,
        declared_name=wording.declared_name,
        finding_name=wording.finding_name,
        how_counted=wording.how_counted,
        target_name=wording.target_name,
        plan_words=wording.plan_words,
        service_name=wording.service_name,
        rule_text=rule_texts.rule_text,
        source_text=wording.source_text,
        goal_text=wording.goal_text,
        threshold_text=wording.threshold_text,
        problem_text=problem_words.problem_text,
        condition_line=conditions.line,
        book_text=wording.book_text,
        plan_target_name=target_wording.name,
        plan_kind_name=target_wording.plan_kind_name,
        plan_goal=target_wording.goal,
        plan_now=target_wording.now,
        plan_outcome=target_wording.outcome,
        plan_figure=target_wording.figure,
        figure_state_name=target_wording.figure_state_name,
    )
