"""The findings block on papers: the lines that the pages show, as a table with its grounds below."""

from survey_app.criteria.frameworks import Framework
from survey_app.i18n import gettext as _
from survey_app.reporting.blocks import Block, Paragraph, Table, Tone
from survey_app.results.findings_block import back_check_text
from survey_app.results.verdicts import Judged
from survey_app.results.wording import above_frame_text
from survey_app.rulebooks import conditions
from survey_app.rulebooks.conditions import ConditionLine


def demonstration(framework: Framework) -> tuple[Block, ...]:
    """That a rule book is invented; nothing for one of law."""
    said = _(
        "This is an invented rule book for demonstration. It is no law, and its verdicts mean nothing outside the "
        "demonstration."
    )
    return (Paragraph(said, Tone.WARNING),) if framework.demo else ()


def blocks(judged: Judged) -> tuple[Block, ...]:
    """Every condition with its result, what is needed, the verdict and what it rests on."""
    lines = conditions.lines(judged.verdicts.findings)
    return (
        *demonstration(judged.framework),
        Table(
            (_("Condition"), _("Result"), _("Needed"), _("Verdict"), _("Rule and source")),
            tuple((one.title, one.result, one.needed, one.concluded, _grounds(one)) for one in lines),
            name="conditions",
            is_dense=True,
            in_words=frozenset({1, 2, 3, 4}),
            widths=(18, 16, 14, 20, 32),
        ),
        *_beside(judged),
    )


def short(judged: Judged) -> tuple[Block, ...]:
    """The same lines without their grounds, for a paper that leads to the page which has them."""
    lines = conditions.lines(judged.verdicts.findings)
    return (
        *demonstration(judged.framework),
        Table(
            (_("Condition"), _("Result"), _("Needed"), _("Verdict")),
            tuple((one.title, one.result, one.needed, one.concluded) for one in lines),
            name="conditions",
            in_words=frozenset({1, 2, 3}),
            widths=(30, 24, 20, 26),
        ),
        *_beside(judged),
        Paragraph(_("Rule and source of each condition are on the page named below."), Tone.NOTE),
    )


def _beside(judged: Judged) -> tuple[Block, ...]:
    """What is withheld, villages with more answers than households, and what became of the back-check."""
    hidden = _("Conditions on rates are not shown: too few slips are valid.")
    above = tuple(Paragraph(above_frame_text(one), Tone.WARNING) for one in judged.verdicts.above_frame)
    checked = back_check_text(judged)
    return (
        *((Paragraph(hidden, Tone.NOTE),) if judged.is_hidden else ()),
        *above,
        *((Paragraph(checked),) if checked else ()),
    )


def _grounds(one: ConditionLine) -> str:
    return f"{one.rule}\n{one.source}" if one.source else one.rule
