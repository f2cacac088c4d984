"""Targets of the plan and figures in the reader's words. Decides nothing."""

from typing import assert_never

from babel.numbers import format_decimal

from survey_app.criteria.frameworks import ALL, Comparison
from survey_app.criteria.targets import Figure, PlanKind, PlanTarget, Reach
from survey_app.i18n import gettext as _
from survey_app.i18n import ngettext, written_as
from survey_app.rulebooks.targets.figures import FigureState
from survey_app.templating import number, percent
from survey_app.templating import wording as in_language


def name(target: PlanTarget) -> str:
    """The target by its short name."""
    return in_language(dict(target.title))


def plan_kind_name(kind: PlanKind) -> str:
    """Where the figure comes from."""
    match kind:
        case PlanKind.COMPUTED:
            text = _("computed from consultations")
        case PlanKind.SHARE:
            text = _("share, entered by units")
        case PlanKind.COUNT:
            text = _("count, entered by units")
        case PlanKind.ATTESTED:
            text = _("yes or no of each unit, with evidence")
        case _:
            assert_never(kind)
    return text


def goal(target: PlanTarget) -> str:
    """What is to be reached, like "at least 97 %" or "at least 1"."""
    asked = target.terms.goal
    if target.kind.is_share:
        said = format_decimal(asked * 100 / ALL, format="0.##", locale=written_as()) + "\u00a0%"
    else:
        said = number(asked)
    match target.terms.comparison:
        case Comparison.ABOVE:
            text = _("more than %(share)s", share=said)
        case Comparison.AT_LEAST:
            text = _("at least %(share)s", share=said)
        case _:
            assert_never(target.terms.comparison)
    return text


def now(target: PlanTarget, reach: Reach) -> str:
    """How far it is, like "41/110 (37,27 %)" or "2"."""
    if not target.kind.is_share:
        return number(reach.met)
    share = _("no rate") if reach.rate is None else percent(reach.rate)
    return f"{number(reach.met)}/{number(reach.total)} ({share})"


def outcome(target: PlanTarget, reach: Reach, asked: int) -> str:
    """Whether the goal is reached and what is missing to it; no verdict of a share before all have reported."""
    if target.kind.has_whole and reach.rate is None:
        return _("no figure counts yet")
    if target.kind.has_whole and reach.missing:
        return _(
            "by the figures of %(reported)s of %(asked)s units that have reported; no verdict before all have",
            reported=number(asked - reach.missing),
            asked=number(asked),
        )
    if reach.is_reached:
        return _("goal reached")
    return ". ".join(filter(None, (_("goal not reached yet"), needed(target, reach))))


def figure(target: PlanTarget, given: Figure) -> str:
    """One unit's figure."""
    match target.kind:
        case PlanKind.ATTESTED:
            return _("yes") if given.n else _("no")
        case PlanKind.SHARE:
            return f"{number(given.n)}/{number(given.of or 0)}"
        case PlanKind.COUNT | PlanKind.COMPUTED:
            return number(given.n)
        case _:
            assert_never(target.kind)


def needed(target: PlanTarget, reach: Reach) -> str:
    """What is missing to the goal; "" once it is reached, and while there is nothing to compare."""
    if not reach.needed or (target.kind.is_share and reach.rate is None):
        return ""
    match target.kind:
        case PlanKind.ATTESTED | PlanKind.COMPUTED:
            return ngettext("%(num)s more unit is needed.", "%(num)s more units are needed.", reach.needed)
        case PlanKind.SHARE | PlanKind.COUNT:
            return _("%(num)s more are needed.", num=number(reach.needed))
        case _:
            assert_never(target.kind)


def figure_state_name(state: FigureState) -> str:
    """What became of a figure."""
    match state:
        case FigureState.WAITING:
            text = _("waits for the province")
        case FigureState.ACCEPTED:
            text = _("accepted")
        case FigureState.SENT_BACK:
            text = _("sent back")
        case _:
            assert_never(state)
    return text
