"""Notices to hang up: what the public page says, for the commune and for each village. Everybody may read them."""

from datetime import datetime

from survey_app.i18n import gettext as _
from survey_app.reporting import conditions_part, figures, layout
from survey_app.reporting.blocks import (
    Block,
    Boxed,
    ByHand,
    Code,
    Facts,
    Listing,
    Paper,
    Paragraph,
    PartTitle,
    SignatureRoom,
    Table,
    Tone,
)
from survey_app.reporting.layout import Signer
from survey_app.reporting.papers import Notice
from survey_app.results import public_remarks, wording
from survey_app.results.disclosed import DisclosedItem, DisclosedResult
from survey_app.scoring.disclosure import DisclosedVillage
from survey_app.scoring.rates import Rate
from survey_app.templating import day, moment, number, percent
from survey_app.templating import wording as in_language


def notice(found: Notice, public_url: str, now: datetime, signer: Signer = Signer.CHAIR) -> Paper:
    """The notice of the commune, or of a village, with the way to the public page."""
    survey = found.result.survey
    village = found.village
    return Paper(
        head=layout.head(found.style, survey.unit, "TB", now),
        title=_("What households said: notice of the result"),
        about=(
            in_language(survey.instrument.title),
            survey.unit.full_name if village is None else f"{found.place}, {survey.unit.full_name}",
        ),
        layout=found.style.layout,
        blocks=(
            *_lead(found),
            *figures.warnings(found.result),
            *(_own(found, village) if village else ()),
            *_commune(found.result, is_of_village=village is not None),
            *(() if village else _rest(found)),
        ),
        common=(*_items(found.result), *_judged(found)) if village else (),
        closing=(*pledged(found), *_closing(found, public_url)),
        signatures=(
            SignatureRoom((_("Posted by"),), layout.asked()),
            layout.for_the_front(found.style, signer),
        ),
        receivers=(),
        foot=f"{survey.unit.full_name} · {layout.foot(survey)}",
        is_trial=survey.rehearsal,
    )


def _lead(found: Notice) -> tuple[Block, ...]:
    """The sentence that can be repeated; a village's notice leads with the village's own."""
    said = wording.sentence(found.result)
    return (Paragraph(said, Tone.LEAD),) if said and found.village is None else ()


def pledged(found: Notice) -> tuple[Block, ...]:
    """What the commune will do, in its own words, a line a point."""
    points = tuple(line.strip() for line in found.pledge.splitlines() if line.strip())
    return (PartTitle(_("What the commune will do")), Listing(points)) if points else ()


def _judged(found: Notice) -> tuple[Block, ...]:
    """What the rule book says of the commune, as everybody may read it; a village's notice leaves out the grounds."""
    if found.judged is None:
        return ()
    if found.village is None:
        return (PartTitle(_("Conditions of the rule book")), *conditions_part.blocks(found.judged))
    heading = _("Conditions of the rule book, for the whole commune")
    return (PartTitle(heading), *conditions_part.short(found.judged))


def why_bands() -> str:
    """The one sentence that says why a village has no figure of its own."""
    return _(
        "Villages show how many households answered and a rounded rate only, so that nobody's answer can be "
        "recognised. Fewer than ten dissatisfied households are never shown apart from none."
    )


def _asked(result: DisclosedResult) -> Paragraph:
    return Paragraph(
        _(
            "Asked from %(first)s to %(last)s. Each household answered once; no name is stored with an answer.",
            first=day(result.survey.first_day),
            last=day(result.survey.last_day),
        )
    )


def _own(found: Notice, village: DisclosedVillage) -> tuple[Block, ...]:
    """What can be said of the village, coverage and the commune's figure first; then the band, and why it is one."""
    commune = found.result.commune
    blocks: list[Block] = [PartTitle(found.place), Paragraph(_coverage(village), Tone.LEAD)]
    if commune.pooled is not None:
        blocks.append(
            Paragraph(
                _(
                    "In the whole commune %(rate)s of the answers are satisfied.",
                    rate=percent(commune.pooled),
                )
            )
        )
    if found.counted is not None and found.result.survey.notices is not None:
        blocks.append(Paragraph(_of_answers(found.place, found.counted)))
        by = found.result.survey.notices.text
        blocks.append(Paragraph(_("Given by number by %(document)s.", document=by), Tone.NOTE))
        return (Boxed(tuple(blocks)),)
    band = _("Satisfaction, all items together") + f" – {found.place}: {wording.village(village)}"
    if village.band is not None and village.band.says_few_are_dissatisfied:
        band = f"{band} – " + _("fewer than 10 households dissatisfied")
    blocks.append(Paragraph(band))
    blocks.append(
        Paragraph(why_bands() if found.result.survey.notices is None else _why_this_band(), Tone.NOTE)
    )
    return (Boxed(tuple(blocks)),)


def _why_this_band() -> str:
    """The same where notices of other villages give counts."""
    return _(
        "This village shows a rounded rate only, so that nobody's answer can be recognised, here or in another "
        "village. Fewer than ten dissatisfied households are never shown apart from none."
    )


def _of_answers(place: str, counted: Rate) -> str:
    return _(
        "Satisfaction, all items together – %(place)s: %(n)s of %(of)s answers are satisfied (%(rate)s)",
        place=place,
        n=number(counted.n),
        of=number(counted.of),
        rate=percent(counted),
    )


def _coverage(village: DisclosedVillage) -> str:
    more = " " + _("more than on the list") if village.answered > village.households else ""
    if village.coverage is None:
        return f"{number(village.answered)} " + _("answered.") + more
    said = _(
        "%(n)s of %(of)s households (%(rate)s)",
        n=number(village.answered),
        of=number(village.households),
        rate=percent(village.coverage),
    )
    return f"{said} " + _("answered.") + more


def _commune(result: DisclosedResult, *, is_of_village: bool) -> tuple[Block, ...]:
    heading = (PartTitle(result.survey.unit.full_name),) if is_of_village else ()
    return (_asked(result), *heading, *_figures(result))


def _items(result: DisclosedResult) -> tuple[Block, ...]:
    """What the whole commune said, item by item: alike on the notices of all its villages."""
    title, how = PartTitle(_("Item by item")), figures.how_items_read(result.survey.instrument)
    table = (title, how, items(result)) if result.item_lines else ()
    return (*table, *figures.others(result))


def _rest(found: Notice) -> tuple[Block, ...]:
    """What follows on the notice of the commune itself."""
    result = found.result
    return (*_items(result), *_villages(result), *figures.corrections(result), *_judged(found))


def _figures(result: DisclosedResult) -> tuple[Block, ...]:
    commune = result.commune
    rows = []
    if commune.households and commune.coverage:
        rows.append(
            (
                _("Households that answered"),
                _(
                    "%(n)s of %(of)s households (%(rate)s)",
                    n=number(commune.answered),
                    of=number(commune.households),
                    rate=percent(commune.coverage),
                ),
            )
        )
    else:
        rows.append((_("Answers"), number(commune.answered)))
    if commune.hidden_because is None:
        rows.append((_("Satisfaction, all items together"), _rate(commune.pooled)))
        if commune.closing_item:
            rows.append((_("Closing item (not part of the rate above)"), _rate(commune.closing)))
        slips = _(
            "%(valid)s valid, %(invalid)s invalid",
            valid=number(commune.valid or 0),
            invalid=number(commune.invalid or 0),
        )
        rows.append((_("Slips"), slips))
        if commune.channels:
            phone, paper = result.doors
            said = _("%(phone)s by phone, %(paper)s on paper", phone=number(phone), paper=number(paper))
            rows.append((_("How they answered"), said))
    between = (
        (
            Paragraph(
                _(
                    "If every answer that is missing, from silent households or left blank, said "
                    '"dissatisfied", the rate would be %(low)s; if all of them said "satisfied", it would be '
                    "%(high)s. The true rate of all households lies between these two.",
                    low=percent(commune.range.low),
                    high=percent(commune.range.high),
                )
            ),
        )
        if commune.range
        else ()
    )
    return (Facts(tuple(rows), name="figures"), *between)


def items(result: DisclosedResult) -> Table:
    """The commune's items, the closing one apart."""
    topics = wording.topics(result.survey.instrument)
    rows = [_item(topics[line.tally.key], line) for line in result.item_lines]
    if last := result.closing_line:
        rows += [(_("Closing item, reported apart"),), _item(in_language(last.text), last)]
    head = (_("Item"), _("Satisfied"), _("Dissatisfied"), _("Left blank"), _("Rate"))
    return Table(head, tuple(rows), name="items", widths=(54, 9, 16, 9, 12))


def _item(name: str, line: DisclosedItem) -> tuple[str, ...]:
    return (
        name,
        number(line.tally.satisfied),
        figures.dissatisfied(line.tally.dissatisfied, line.dissatisfied),
        number(line.tally.blank),
        _rate(line.rate),
    )


def _villages(result: DisclosedResult) -> tuple[Block, ...]:
    if not result.commune.villages:
        return ()
    head = (_("Village"), _("Households"), _("Answered"), _("Coverage"), _("Satisfaction"))
    rows = tuple(
        (
            result.names[one.unit],
            number(one.households),
            number(one.answered)
            + (" " + _("more than on the list") if one.answered > one.households else ""),
            _rate(one.coverage),
            wording.village(one),
        )
        for one in result.commune.villages
    )
    return (
        PartTitle(_("Villages")),
        Paragraph(why_bands()),
        *_by_number(result),
        Table(head, rows, name="villages", in_words=frozenset({4}), widths=(35, 13, 13, 13, 25)),
    )


def _by_number(result: DisclosedResult) -> tuple[Block, ...]:
    """That notices of villages show more than this table, where a document says so."""
    by = result.survey.notices
    said = _(
        "The notice of a village gives the number of its satisfied answers where nothing else follows from it, by "
        "%(document)s.",
        document=by.text if by else "",
    )
    return (Paragraph(said),) if by else ()


def _closing(found: Notice, public_url: str) -> tuple[Block, ...]:
    result, survey = found.result, found.result.survey
    link = f"{public_url}/ket-qua/{survey.id}"
    same = _("The same result is at")
    lines = [f"{same} {link.partition('://')[2]}. " + _("There everybody can also check a receipt.")]
    if result.digest and result.sealed_at:
        sealed = _("Counted and sealed at %(moment)s.", moment=moment(result.sealed_at))
        lines.append(f"{sealed} " + _("Digest of the sealed result:") + f" {result.printed_digest}")
    if survey.whom_to_call:
        lines.append(_("Questions or complaints: %(contact)s", contact=survey.whom_to_call))
    if public_remarks.are_received(survey):
        lines.append(
            _(
                "Remarks and proposals: %(address)s, or at the commune",
                address=f"{link}/phan-anh".partition("://")[2],
            )
        )
    said = (Paragraph(found.style.notice_closing),) if found.style.notice_closing else ()
    return (
        Code(link, tuple(lines)),
        *said,
        # Notices of all villages share this sheet, so a pen says whose it is.
        *(() if found.village is None else (ByHand(_("Village (by hand):")),)),
        ByHand(_("Posted from")),
        ByHand(_("until")),
        ByHand(_("at:")),
    )


def _rate(value: Rate | None) -> str:
    return _("no rate") if value is None else percent(value)
