"""The minutes of the count in the commune, with exact counts; signed by hand and filed."""

from datetime import datetime
from typing import assert_never

from survey_app.approvals import passed_over
from survey_app.approvals.approval import ApprovalView
from survey_app.approvals.parties import signed_as
from survey_app.audit import act_name
from survey_app.collecting.models import KeyingWay
from survey_app.i18n import gettext as _
from survey_app.reporting import exact_parts, figures, layout
from survey_app.reporting.blocks import (
    Block,
    ByHand,
    Code,
    Facts,
    Listing,
    Paper,
    Paragraph,
    PartTitle,
    Table,
    Tone,
)
from survey_app.reporting.layout import Signer
from survey_app.reporting.papers import Exact
from survey_app.results import open_points, wording
from survey_app.results.disclosed import DisclosedItem
from survey_app.sealing import signatures
from survey_app.templating import day, in_groups, moment, number, role_name


def paper(found: Exact, now: datetime, signer: Signer) -> Paper:
    """The minutes of the count in the commune, with the digest as a QR, to be signed by hand."""
    digest = in_groups(found.result.printed_digest or "")
    return Paper(
        head=layout.head(found.style, found.survey.unit, "BB", now),
        title=_("Minutes of the count"),
        about=exact_parts.about(found),
        layout=found.style.layout,
        blocks=(
            *exact_parts.before_the_figures(found, now),
            *_drawn_up(),
            *_survey_part(found),
            *_slips_part(found),
            *_result_part(found),
            *_villages_part(found),
            *exact_parts.conditions(found, _("5. Conditions of the rule book")),
        ),
        closing=(*_signed_part(found, digest), Paragraph(found.style.minutes_closing)),
        signatures=exact_parts.rooms_to_sign(found, signer, layout.committee(4)),
        receivers=(),
        foot=layout.foot(found.survey, digest),
        is_trial=found.survey.rehearsal,
    )


def _drawn_up() -> tuple[Block, ...]:
    return (
        ByHand(_("Drawn up at (hour, day):")),
        ByHand(_("at:")),
        ByHand(_("Counting committee:")),
        ByHand(_("Representatives of households as witnesses:")),
    )


def _survey_part(found: Exact) -> tuple[Block, ...]:
    by_command = _(
        "No approval by two bodies is on record for publishing: the operator of the server published it by command."
    )
    note = () if found.is_published_by_two else (Paragraph(by_command, Tone.NOTE),)
    return (PartTitle(_("1. The survey")), figures.about(found.result, found.book), *note)


def _slips_part(found: Exact) -> tuple[Block, ...]:
    total, tally, commune = found.total, found.total.card.tally, found.result.commune
    voided = _("of these voided with their batch:")
    made = f"{number(total.made)}; {voided} {number(total.batches_voided)}"
    rows = (
        (_("Households on the list"), figures.in_words(commune.households)),
        (_("Slips made on the server"), made),
        (_("Slips brought to the villages"), figures.known_in_words(total.issued)),
        (_("Handed out (signed)"), figures.known_in_words(total.handed_out)),
        (_("Returned or spoilt"), figures.known_in_words(total.returned)),
        (_("Households that answered"), figures.in_words(tally.answered)),
        (_("Coverage"), figures.rate(commune.coverage)),
        *_away(found),
        (_("How they answered"), figures.how_answered(found.result, total.helped)),
        *_at_the_desk(found),
        *_at_meetings(found),
        (_("Valid slips"), figures.in_words(tally.valid)),
        (_("Invalid slips"), figures.in_words(tally.invalid)),
    )
    missing = _("–: the receipt list of a village has not been entered.")
    return (
        PartTitle(_("2. Slips and households")),
        Facts(rows),
        *((Paragraph(missing, Tone.NOTE),) if total.issued is None else ()),
    )


def _away(found: Exact) -> tuple[tuple[str, str], ...]:
    if found.absent is None:
        return ()
    number_away = f"{number(found.absent)}; " + _("they stay on the list")
    return ((_("Households away, as the heads of villages said"), number_away),)


def _at_the_desk(found: Exact) -> tuple[tuple[str, str], ...]:
    """Which slips a phone was before, and how paper was keyed; nothing where no paper came."""
    rows = []
    if found.by_phone:
        counts = f"{number(found.by_phone)}; " + _("the answer by phone counts")
        rows.append((_("Paper slips of households that had answered by phone"), counts))
    if found.ways:
        ways = "; ".join(f"{_way(way)} {number(slips)}" for way, slips in found.ways.items())
        rows.append((_("How paper was keyed"), ways))
    return tuple(rows)


def _at_meetings(found: Exact) -> tuple[tuple[str, str], ...]:
    """Where, when and with how many households a village met, and how many slips came from there."""
    return tuple(
        (
            _("Meeting of %(village)s", village=held.village),
            _(
                "%(day)s, %(place)s; households present: %(present)s; slips of meetings of this village: %(slips)s",
                day=day(held.meeting.on),
                place=held.meeting.place,
                present=number(held.meeting.present or 0),
                slips=number(held.slips),
            ),
        )
        for held in found.meetings
    )


def _way(way: KeyingWay) -> str:
    match way:
        case KeyingWay.EXCEPTIONS:
            return _("by exception")
        case KeyingWay.DIGITS:
            return _("digit by digit")
        case KeyingWay.SCAN:
            return _("by scanning")
        case _:
            assert_never(way)


def _result_part(found: Exact) -> tuple[Block, ...]:
    commune = found.result.commune
    rows = [(_("Satisfaction, all items together"), figures.rate(commune.pooled))]
    if commune.closing_item:
        rows.append((_("Closing item, reported apart"), figures.rate(commune.closing)))
    between = (
        (
            Paragraph(
                _(
                    "For all households on the list the rate lies between %(low)s and %(high)s: the first if every "
                    'missing answer said "dissatisfied", the second if every one said "satisfied".',
                    low=figures.rate(commune.range.low),
                    high=figures.rate(commune.range.high),
                )
            ),
        )
        if commune.range
        else ()
    )
    topics = wording.topics(found.survey.instrument)
    lines = [
        (f"{place}. {topics[line.tally.key]}", *_item_cells(found, line))
        for place, line in enumerate(found.result.item_lines, 1)
    ]
    for line in exact_parts.closing(found):
        lines.append((exact_parts.closing_text(line), *_item_cells(found, line)))
    return (
        PartTitle(_("3. Result of the commune")),
        Facts(tuple(rows)),
        *between,
        figures.how_items_read(found.survey.instrument),
        Table(
            exact_parts.item_heads(),
            tuple(lines),
            name="items",
            widths=exact_parts.ITEM_WIDTHS,
        ),
        *figures.others(found.result),
    )


def _item_cells(found: Exact, line: DisclosedItem) -> tuple[str, ...]:
    return (
        number(line.tally.satisfied),
        figures.dissatisfied(line.tally.dissatisfied, line.dissatisfied),
        number(line.tally.blank),
        number(found.total.card.tally.valid),
        figures.per_cent(line.rate),
    )


def _villages_part(found: Exact) -> tuple[Block, ...]:
    head = (
        *(_("Village"), _("Households"), _("Brought"), _("Handed out"), _("Came back"), _("Voided")),
        *(_("Answered"), _("Coverage"), _("Phone"), _("Paper"), _("Valid"), _("Invalid")),
        *(_("Satisfied answers of all possible"), _("Rate")),
    )
    rows = tuple(
        (
            *(name, number(line.card.households), figures.known(line.issued)),
            *(figures.known(line.handed_out), figures.known(line.returned), number(line.batches_voided)),
            *(number(line.card.tally.answered), figures.per_cent(line.card.coverage)),
            *(number(line.phone), number(line.paper)),
            *(number(line.card.tally.valid), number(line.card.tally.invalid)),
            *(figures.pair(line.card.pooled), figures.per_cent(line.card.pooled)),
        )
        for name, line in exact_parts.named(found)
    )
    return (
        PartTitle(_("4. Village by village")),
        Table(
            head,
            rows,
            has_total=True,
            is_dense=True,
            widths=(18, 6, 5, 5, 5, 5, 6, 8, 6, 5, 6, 6, 11, 8),
        ),
        *figures.corrections(found.result),
    )


def _signed_part(found: Exact, digest: str) -> tuple[Block, ...]:
    agreed = tuple(f"{act_name(one.act)}: {_agreed(one)}{_over(found, one)}" for one in found.approved)
    title = _("5. Approved and signed in the system")
    if found.judged:
        title = _("6. Approved and signed in the system")
    unsigned = _("The two bodies have not signed this result in the system yet.")
    commune = found.result.commune
    return (
        PartTitle(title),
        *((Listing(agreed),) if agreed else ()),
        *(() if found.is_signed else (Paragraph(unsigned),)),
        Code(
            found.result.digest or "",
            (
                _("Households that answered")
                + f": {figures.rate(commune.coverage)}. "
                + _("Satisfaction, all items together")
                + f": {figures.rate(commune.pooled)}.",
                _(
                    "The QR holds the whole digest. Any later copy of the result has this digest, or it is not this "
                    "result. By signing below by hand people vouch for these figures and this digest."
                ),
                _("Digest of the sealed result, first 20 letters:"),
            ),
            digest,
        ),
    )


def _agreed(one: ApprovalView) -> str:
    """Who agreed to something, in whose place, and why where somebody had to say so."""
    asked = f"{signed_as(one.requester)}, {role_name(one.requested_as)}, {moment(one.requested_at)}"
    said = [asked]
    if one.decider and one.decided_as and one.decided_at:
        said.append(f"{signed_as(one.decider)}, {role_name(one.decided_as)}, {moment(one.decided_at)}")
    reasons = [passed_over.sentence_of(one)] if passed_over.sentence_of(one) else []
    if one.act == signatures.ACT:
        for party, reason in ((one.requester, one.reason), (one.decider, one.decision_reason)):
            if party and reason:
                reasons.append(_("Reason of %(name)s: %(reason)s", name=signed_as(party), reason=reason))
    return "\n".join(("; ".join(said), *reasons))


def _over(found: Exact, one: ApprovalView) -> str:
    """What was open when this was signed; the reasons are beside it."""
    signed_over = [over for over in found.signed_over if over.approval_id == one.id]
    points = dict.fromkeys(open_points.text(point) for over in signed_over for point in over.points)
    return "\n" + _("Open when it was signed: %(points)s.", points="; ".join(points)) if points else ""
