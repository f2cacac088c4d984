"""States, kinds of unit and reasons for waiting in the reader's words. Decides nothing."""

from collections.abc import Callable, Mapping

from survey_app.campaigns import appraisals
from survey_app.campaigns.book_targets import Beside, BookProgress
from survey_app.campaigns.changes import Changes
from survey_app.campaigns.deadlines import DueStep
from survey_app.campaigns.denominators import Denominator
from survey_app.campaigns.milestones import Done, Milestone
from survey_app.campaigns.rows import BoardRow
from survey_app.campaigns.scorecards import Total, UnitCard
from survey_app.campaigns.waits import Reason, Wait
from survey_app.fieldwork import wording
from survey_app.fieldwork.models import State
from survey_app.i18n import gettext as _
from survey_app.i18n import ngettext
from survey_app.results.wording import outside_programme_text
from survey_app.rulebooks.wording import finding_name, verdict_name
from survey_app.sealing.recounts import LastRecount
from survey_app.templating import day, number, percent
from survey_app.units import kinds


def unit_state_name(state: State | None) -> str:
    """The state of a survey; no survey is a state of the unit."""
    return _("no survey yet") if state is None else wording.survey_state_name(state)


def wait_text(wait: Wait) -> str:
    """What the unit waits for, and since when it should be over."""
    sentence = _REASONS[wait.reason](wait)
    if wait.due:
        sentence = _("%(reason)s; by %(day)s", reason=sentence, day=day(wait.due))
    return _("Overdue: %(reason)s", reason=sentence) if wait.is_overdue else sentence


def reason_name(reason: Reason) -> str:
    """A reason without its day, as the heading of a count."""
    return {
        Reason.NO_HOUSEHOLDS: _("villages and households not entered"),
        Reason.NO_SURVEY: _("no survey made yet"),
        Reason.NOT_SUBMITTED: _("draft not sent for approval"),
        Reason.AWAITING_FRONT: _("waits for the Front's approval"),
        Reason.AWAITING_COMMUNE: _("waits for the commune's approval"),
        Reason.NOT_OPEN: _("should have opened"),
        Reason.OPEN: _("should have closed"),
        Reason.COUNTING: _("should have been counted and sealed"),
        Reason.SIGNATURES: _("sealed, not signed by both bodies"),
        Reason.NOT_PRINTED: _("approved, slips not printed"),
        Reason.NOT_POSTED: _("signed, not posted in every village"),
    }[reason]


def step_name(step: DueStep) -> str:
    """A step of a commune's consultation for which a campaign names a last day."""
    return {
        DueStep.HOUSEHOLDS: _("Villages and households entered"),
        DueStep.APPROVED: _("Draft completed and approved by both bodies"),
        DueStep.PRINTED: _("Slips printed"),
        DueStep.SEALED: _("Paper keyed, counted and sealed"),
        DueStep.SIGNED: _("Signed by both bodies"),
        DueStep.POSTED: _("Result posted in the villages"),
    }[step]


def milestone_name(milestone: Milestone) -> str:
    """A step that a commune has taken."""
    return {
        Milestone.SIGNED_IN: _("signed in"),
        Milestone.HOUSEHOLDS: _("households entered"),
        Milestone.APPROVED: _("approved by both bodies"),
        Milestone.PRINTED: _("slips printed"),
        Milestone.OPENED: _("opened"),
        Milestone.COVERAGE: _("coverage reached"),
        Milestone.CLOSED: _("phones closed"),
        Milestone.SEALED: _("sealed"),
        Milestone.SIGNED: _("signed"),
        Milestone.POSTED: _("posted in every village"),
        Milestone.ACCEPTED: _("accepted by the province"),
    }[milestone]


def appraisal_name(step: appraisals.Said) -> str:
    """What was said of a result in its appraisal."""
    return {
        appraisals.Said.ACCEPTED: _("accepted"),
        appraisals.Said.CHANGES: _("change requested"),
        appraisals.Said.ANSWERED: _("answered by the commune"),
    }[step]


def done_text(milestone: Milestone, done: Done) -> str:
    """A step with its day and the person, as far as they are on record."""
    return ", ".join(filter(None, (milestone_name(milestone), day(done.on) if done.on else "", done.by)))


def changes_text(changes: Changes) -> str:
    """What changed since that Monday, in one sentence."""
    parts = (
        (changes.signed, _("+%(count)s communes signed")),
        (changes.sealed, _("+%(count)s sealed")),
        (changes.opened, _("+%(count)s opened")),
        (changes.late, _("%(count)s newly late")),
    )
    phrases = [text % {"count": number(count)} for count, text in parts if count]
    return _(
        "Since Monday %(day)s: %(changes)s.",
        day=day(changes.since),
        changes=", ".join(phrases) if phrases else _("nothing changed"),
    )


def recount_text(recount: LastRecount) -> str:
    """How the last night's recount went, in one sentence; what differs is said apart."""
    if not recount.sealed:
        return ""
    if recount.night is None:
        return _("No night's recount of the sealed surveys yet.")
    return _(
        "Recount of the stored answers, night of %(day)s: %(agreeing)s of %(sealed)s sealed surveys agree.",
        day=day(recount.night),
        agreeing=number(recount.agreeing),
        sealed=number(recount.sealed),
    )


def row_verdict(row: BoardRow) -> str:
    """The verdict on the consultation half of a unit, what it waits for, or that the indicator does not apply."""
    if row.finding is None:
        return _("not applicable")
    if row.is_not_asked:
        return _("not asked yet")
    if row.is_being_asked:
        return _("being asked")
    return finding_name(row.event) if row.event else verdict_name(row.finding)


def beside_text(one: BookProgress) -> str:
    """Of the units counted towards a target, how many reached coverage and used a form that the Front confirmed."""
    if one.beside is None:
        return ""
    counted, reached = number(one.reach.met), one.beside.reached_coverage
    parts = (
        _("coverage is not configured")
        if reached is None
        else _("%(count)s reached the required coverage", count=number(reached)),
        _("%(count)s used a form confirmed by the Front", count=number(one.beside.used_confirmed_form)),
    )
    sentence = _(
        "Of the %(counted)s counted: %(parts)s.",
        counted=counted,
        parts="; ".join((*parts, *_both(one.beside))),
    )
    return sentence if one.beside.declared_half is None else f"{sentence} {_declared_half(one)}"


def _both(beside: Beside) -> tuple[str, ...]:
    if beside.both_halves is None:
        return ()
    return (_("%(count)s meet both halves of the indicator", count=number(beside.both_halves)),)


def _declared_half(one: BookProgress) -> str:
    accepted = one.beside.declared_half if one.beside else None
    return _(
        "Use of information technology, the other half: accepted for %(count)s of %(all)s.",
        count=number(accepted or 0),
        all=number(one.reach.total),
    )


def total_text(total: Total) -> str:
    """The province's sums in one sentence; no rate of satisfaction, because forms differ."""
    sentence = _(
        "Sealed surveys: %(surveys)s (%(unsigned)s not signed yet); households %(answered)s/%(households)s "
        "(%(coverage)s); valid slips %(valid)s, invalid %(invalid)s.",
        surveys=number(total.surveys),
        unsigned=number(total.unsigned),
        answered=number(total.answered),
        households=number(total.households),
        coverage=percent(total.coverage) if total.coverage else "–",
        valid=number(total.valid),
        invalid=number(total.invalid),
    )
    if total.left_out:
        sentence += " " + _(
            "Left out: %(count)s surveys with too few slips to show.", count=number(total.left_out)
        )
    return (
        f"{sentence} {outside_programme_text(total.outside_programme)}"
        if total.outside_programme
        else sentence
    )


def unit_note(one: UnitCard) -> str:
    """From which earlier units the figures came, or into which units a split one passed; "" for neither."""
    if one.split_into:
        return _(
            "split into %(units)s: counted in the total and in this line alone",
            units=", ".join(unit.full_name for unit in one.split_into),
        )
    if one.came_from:
        return _(
            "with what was asked in %(units)s", units=", ".join(unit.full_name for unit in one.came_from)
        )
    return ""


def denominator_text(counted: Denominator) -> str:
    """How many units there are, and by which document."""
    parts = ", ".join(
        f"{number(counted.units[kind])} {unit_kind_name(kind)}"
        for kind in sorted(counted.units, reverse=True)
    )
    if counted.since is None:
        return _("No unit is in the register.")
    if not counted.legal_basis:
        return _(
            "%(units)s in the register of units in force since %(day)s.", units=parts, day=day(counted.since)
        )
    return _(
        "%(units)s in the register of units in force since %(day)s (%(basis)s).",
        units=parts,
        day=day(counted.since),
        basis=counted.legal_basis,
    )


def unit_kind_name(kind: str) -> str:
    """The kind of a unit within a sentence, like "xã"."""
    return kinds.known(kind).word.lower()


def _open(wait: Wait) -> str:
    left = wait.households_left or 0
    return ngettext(
        "answers until %(day)s, %(num)s household to go",
        "answers until %(day)s, %(num)s households to go",
        left,
        day=_day(wait),
    )


def _day(wait: Wait) -> str:
    return day(wait.until) if wait.until else "–"


_REASONS: Mapping[Reason, Callable[[Wait], str]] = {
    Reason.NO_HOUSEHOLDS: lambda _wait: _("villages and households not entered"),
    Reason.NO_SURVEY: lambda _wait: _("no survey made yet"),
    Reason.NOT_SUBMITTED: lambda wait: _(
        "draft not sent for approval; it should open on %(day)s", day=_day(wait)
    ),
    Reason.AWAITING_FRONT: lambda wait: _(
        "waits for the Front's approval; it should open on %(day)s", day=_day(wait)
    ),
    Reason.AWAITING_COMMUNE: lambda wait: _(
        "waits for the commune's approval; it should open on %(day)s", day=_day(wait)
    ),
    Reason.NOT_OPEN: lambda wait: _("approved, opens on %(day)s", day=_day(wait)),
    Reason.OPEN: _open,
    Reason.COUNTING: lambda wait: _("paper slips are keyed until %(day)s", day=_day(wait)),
    Reason.SIGNATURES: lambda _wait: _("sealed; waits for the signatures of both bodies"),
    Reason.NOT_PRINTED: lambda _wait: _("approved, slips not printed"),
    Reason.NOT_POSTED: lambda _wait: _("signed, not posted in every village"),
}
