"""The minutes on which slips, receipt lists and counted households are set against each other, village by village."""

from collections.abc import Mapping
from datetime import datetime

from survey_app.approvals.parties import signed_as, stood_in
from survey_app.fieldwork import rounds
from survey_app.i18n import gettext as _
from survey_app.i18n import ngettext
from survey_app.quality import comparison_wording
from survey_app.quality.reconciliation import SurveySlips, VillageSlips
from survey_app.reporting import layout
from survey_app.reporting.blocks import Block, Paper, Paragraph, SignatureRoom, Table, Tone
from survey_app.reporting.house_style import HouseStyle
from survey_app.templating import in_groups, moment, number, role_name

_WIDTHS = (17, 7, 7, 7, 7, 7, 7, 8, 8, 25)


def paper(found: SurveySlips, style: HouseStyle, now: datetime) -> Paper:
    """The minutes of a sealed survey; what differs is said in words, and decides nothing."""
    survey, digest = found.survey, in_groups(found.digest[:20])
    return Paper(
        head=layout.head(style, survey.unit, "BB", now),
        title=_("Minutes on the reconciliation of slips"),
        about=(survey.unit.full_name,),
        layout=style.layout,
        blocks=(
            *_warnings(found),
            Paragraph(
                _(
                    "Slips that came = handed out + returned + spoilt. Households counted must not exceed the lines "
                    "signed on the receipt list."
                ),
                Tone.NOTE,
            ),
            _table(found),
            *_annulled(found),
            *_by_village(found, _("Households away, as the heads of villages said"), found.absent),
            *_by_village(found, _("Paper slips of households that had answered by phone"), found.by_phone),
            *_contradicted(found),
        ),
        closing=(*_concluded(found), *_signed(found, digest, now)),
        signatures=(
            SignatureRoom((_("Front working committee"),), layout.asked()),
            layout.peoples_committee(survey.unit),
            SignatureRoom(
                (_("Fatherland Front Committee of %(commune)s", commune=survey.unit.running_name),),
                layout.asked(),
            ),
        ),
        receivers=(),
        foot=layout.foot(survey, digest),
        is_trial=survey.rehearsal,
        is_wide=True,
    )


def _warnings(found: SurveySlips) -> tuple[Block, ...]:
    survey = found.survey
    said = (
        *(() if survey.confirmed else (_("Form not yet confirmed by the Front"),)),
        *((stood_in(survey.stand_ins),) if survey.stand_ins else ()),
    )
    return tuple(Paragraph(text, Tone.WARNING) for text in said)


def _table(found: SurveySlips) -> Table:
    rows = [row for one in found.villages for row in (_row(one), (one.balance.sentence,))]
    return Table(
        (
            *(_("Village"), _("Households"), _("Slips made"), _("Batches voided"), _("Spares")),
            *(_("Came to the village"), _("Handed out (signed)"), _("Returned or spoilt")),
            *(_("Households counted"), _("Difference")),
        ),
        tuple(rows),
        name="slips",
        is_dense=True,
        in_words=frozenset({9}),
        widths=_WIDTHS,
    )


def _row(one: VillageSlips) -> tuple[str, ...]:
    village, receipts = one.village, one.village.receipts
    listed = ("–", "–", "–")
    if receipts is not None:
        listed = (number(receipts.issued), number(receipts.ticked), number(receipts.returned))
    differs = " ".join(one.differences) or _("none")
    if village.late_entries:
        late = ngettext(
            "list entered after sealing, %(num)d time",
            "list entered after sealing, %(num)d times",
            village.late_entries,
        )
        differs = f"{differs} ({late})"
    return (
        village.line.unit.full_name,
        *(number(count) for count in (village.line.households, one.made, one.voided, one.spares)),
        *listed,
        number(village.answered),
        differs,
    )


def _annulled(found: SurveySlips) -> tuple[Block, ...]:
    return tuple(
        Paragraph(
            f"{rounds.sentence(one)} "
            + _(
                "%(slips)s slips of that time became worthless; they are above among the voided.",
                slips=number(one.slips),
            )
        )
        for one in found.annulments
    )


def _by_village(found: SurveySlips, words: str, counts: Mapping[int, int]) -> tuple[Block, ...]:
    counted = found.named_counts(counts)
    if not counted:
        return ()
    each = "; ".join(f"{name} {number(count)}" for name, count in counted)
    return (Paragraph(f"{words}: {number(sum(count for _name, count in counted))} ({each})."),)


def _contradicted(found: SurveySlips) -> tuple[Block, ...]:
    if found.contradiction is None:
        return ()
    said = comparison_wording.contradicted(found.contradiction)
    return (Paragraph(f"{_('To be compared with the papers.')} {said}", Tone.WARNING),)


def _concluded(found: SurveySlips) -> tuple[Block, ...]:
    agreed = _("Everything agrees.")
    differs = _("Differences are a reason to compare with the papers; they change no answer and no score.")
    concluded = Paragraph(agreed if found.agrees else differs)
    if not found.keyed_again:
        return (concluded,)
    again = comparison_wording.keyed_again(found.keyed_again, found.names)
    drawn = comparison_wording.drawn(found.paper_draw)
    return (
        concluded,
        Paragraph(f"{_('Paper slips keyed again')}: {again}"),
        Paragraph(f"{_('Paper slips drawn for signers')}: {drawn}"),
    )


def _signed(found: SurveySlips, digest: str, now: datetime) -> tuple[Block, ...]:
    printed = _(
        "Digest of the sealed result, first 20 letters: %(digest)s. Printed %(when)s.",
        digest=digest,
        when=moment(now),
    )
    signed = (
        _(
            "Result signed by %(name)s, %(role)s, %(when)s.",
            name=signed_as(one.party),
            role=role_name(one.role),
            when=moment(one.signed_at),
        )
        for one in found.signatures
    )
    return tuple(Paragraph(text, Tone.NOTE) for text in (printed, *signed))
