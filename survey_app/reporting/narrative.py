"""The report of a result in sentences: preparation, coverage, results, what households said, assessment.

Figures are the commune's, as everybody may see them; what people say of them, they wrote themselves (`report_notes`).
"""

from collections.abc import Sequence
from datetime import datetime

from survey_app.i18n import gettext as _
from survey_app.reporting import conditions_part, figures, layout, notice_papers
from survey_app.reporting.blocks import Block, Listing, Paper, Paragraph, PartTitle, Table
from survey_app.reporting.layout import Signer
from survey_app.reporting.papers import Notice
from survey_app.reporting.report_notes import Notes
from survey_app.results import wording
from survey_app.scoring.texts import TagCount
from survey_app.templating import day, in_groups, number, percent
from survey_app.templating import wording as in_language


def report(
    found: Notice,
    notes: Notes,
    now: datetime,
    signer: Signer = Signer.CHAIR,
    *,
    tags: Sequence[TagCount] = (),
) -> Paper:
    """The report of the commune's Front on a sealed result."""
    result, survey = found.result, found.result.survey
    return Paper(
        head=layout.head(found.style, survey.unit, "BC", now),
        title=_("Report"),
        about=(
            _("On what households say of the results of new rural development"),
            survey.unit.full_name,
        ),
        layout=found.style.layout,
        blocks=(
            *figures.warnings(result),
            PartTitle(_("I. Preparation")),
            *_preparation(found),
            *_written(notes.preparation),
            PartTitle(_("II. Coverage")),
            *_coverage(found),
            PartTitle(_("III. Results")),
            *_results(found),
            PartTitle(_("IV. Reasons and proposals of households")),
            *_reasons(notes, tags),
            PartTitle(_("V. Assessment")),
            *(conditions_part.blocks(found.judged) if found.judged else ()),
        ),
        closing=(
            *(_written(notes.assessment) or (Paragraph(_("Nothing was written for the assessment.")),)),
            *notice_papers.pledged(found),
            *_written(found.style.report_closing),
        ),
        signatures=(layout.for_the_front(found.style, signer),),
        receivers=found.style.receiver_lines,
        foot=layout.foot(survey, in_groups(result.printed_digest or "")),
        is_trial=survey.rehearsal,
    )


def _written(text: str) -> tuple[Block, ...]:
    return tuple(Paragraph(line.strip()) for line in text.splitlines() if line.strip())


def _preparation(found: Notice) -> tuple[Block, ...]:
    survey = found.result.survey
    number_and_day = figures.plan_of(survey)
    plan = "" if number_and_day == "–" else _("%(plan)s of the Front was carried out.", plan=number_and_day)
    asked = _(
        "Households were asked from %(first)s to %(last)s in %(villages)s villages, with the form “%(form)s”.",
        first=day(survey.first_day),
        last=day(survey.last_day),
        villages=figures.in_words(len(found.result.frame)),
        form=in_language(survey.instrument.title),
    )
    return (Paragraph(f"{plan} {asked}".strip()),)


def _coverage(found: Notice) -> tuple[Block, ...]:
    commune = found.result.commune
    said = _(
        "%(answered)s of %(households)s households answered (%(rate)s).",
        answered=figures.in_words(commune.answered),
        households=figures.in_words(commune.households),
        rate=figures.per_cent(commune.coverage),
    )
    if commune.hidden_because is not None:
        return (Paragraph(said),)
    how = _("How they answered") + f": {figures.how_answered(found.result)}."
    slips = _(
        "%(valid)s valid, %(invalid)s invalid",
        valid=number(commune.valid or 0),
        invalid=number(commune.invalid or 0),
    )
    return (Paragraph(f"{said} {how} " + _("Slips") + f": {slips}."),)


def _results(found: Notice) -> tuple[Block, ...]:
    result, commune = found.result, found.result.commune
    if commune.pooled is None or not result.item_lines:
        return (Paragraph(_("Too few valid slips: figures are not shown.")),)
    lines = [line for line in result.item_lines if line.rate is not None]
    said = [
        _(
            "Of all answers %(rate)s are satisfied (%(n)s of %(of)s).",
            rate=percent(commune.pooled),
            n=number(commune.pooled.n),
            of=number(commune.pooled.of),
        )
    ]
    if commune.closing is not None:
        said.append(_("Closing item, reported apart") + f": {figures.rate(commune.closing)}.")
    ranked = sorted(lines, key=lambda line: line.rate.n if line.rate else 0)
    topics = wording.topics(result.survey.instrument)
    below = [line for line in ranked if line.rate and line.rate.n < line.rate.of]
    lowest = "; ".join(f"{topics[line.tally.key]} ({figures.per_cent(line.rate)})" for line in below[:3])
    items: Table = notice_papers.items(result)
    return (
        Paragraph(" ".join(said)),
        *((Paragraph(_("Lowest items: %(items)s.", items=lowest)),) if lowest else ()),
        figures.how_items_read(result.survey.instrument),
        items,
    )


def _reasons(notes: Notes, tags: Sequence[TagCount]) -> tuple[Block, ...]:
    """By tag: how many written opinions have it, and the sentences of the report; what nobody tagged comes last."""
    written = {tag.casefold(): (tag, said) for tag, said in notes.by_tag.items()}
    if not written and not tags:
        return (Paragraph(_("Nothing was written down of what households said.")),)
    made: list[Block] = []
    for one in tags:
        _tag, said = written.pop(one.tag.casefold(), (one.tag, ()))
        made.append(Paragraph(f"{one.tag} – {_opinions(one)}"))
        made += [Listing(said)] if said else []
    for tag, said in written.values():
        made.append(Paragraph(tag or _("Other")))
        made.append(Listing(said))
    return tuple(made)


def _opinions(one: TagCount) -> str:
    if one.texts is None:
        return _("fewer than ten written opinions of households")
    return _("%(count)s written opinions of households", count=number(one.texts))
