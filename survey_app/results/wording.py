"""How a disclosed figure reads in words: on screens, on the public page, in exports and on papers alike."""

from collections.abc import Iterator, Mapping
from typing import assert_never

from survey_app import audit
from survey_app.i18n import gettext as _
from survey_app.i18n import ngettext
from survey_app.questions.instrument import Instrument
from survey_app.questions.kinds import Result
from survey_app.questions.stem import stem
from survey_app.results.disclosed import DisclosedAnswers, DisclosedResult
from survey_app.results.speaking import AboveFrame
from survey_app.scoring.disclosure import Band, DisclosedVillage, Withheld
from survey_app.scoring.quartiles import Quartiles
from survey_app.scoring.rates import Rate
from survey_app.templating import answers_in_words, day, moment, number, percent
from survey_app.templating import wording as in_language


def band(shown: Band) -> str:
    """The coded rate of a village: "≥ 86 %", "từ 70 % đến dưới 80 %"; exact where the audience may see it."""
    low, high = shown.low_bound, shown.high_bound
    if low is not None and high is not None:
        if shown.is_closed:
            return _("from %(low)s to %(high)s", low=_whole(low), high=_whole(high))
        return _("from %(low)s to below %(high)s", low=_whole(low), high=_whole(high))
    if low is not None:
        return f"≥\u00a0{_whole(low)}"
    if high is not None:
        return f"≤\u00a0{_whole(high)}"
    return percent(shown.rate) if shown.rate else ""


def sentence(result: DisclosedResult) -> str:
    """The result in one sentence that can be repeated: true to the letter, and as far as this reader may know it."""
    commune = result.commune
    said = []
    if commune.pooled is not None:
        said.append(_of_a_hundred(commune.pooled))
    if commune.coverage is not None:
        answered, asked = number(commune.answered), number(commune.households)
        said.append(_("%(answered)s of %(asked)s households answered", answered=answered, asked=asked))
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _of_a_hundred(rate: Rate) -> str:
    """Whole ones of a hundred, and never more than there are: 89.96 % are "more than 89", not 90."""
    whole, rest = divmod(100 * rate.n, rate.of)
    if rest == 0:
        return _("%(whole)s of 100 answers are satisfied", whole=whole)
    if whole == 0:
        return _("fewer than 1 of 100 answers is satisfied")
    return _("more than %(whole)s of 100 answers are satisfied", whole=whole)


def village(shown: DisclosedVillage) -> str:
    """The band of a village, or why there is none."""
    if shown.band is not None:
        return band(shown.band)
    match shown.hidden_because:
        case Withheld.COMPLEMENT:
            return _("not shown, to protect another village")
        case Withheld.TOO_FEW | Withheld.FEW_NEW | None:  # None: nobody answered, and nothing is withheld
            return _("too few answers to show")
    assert_never(shown.hidden_because)


def withheld(why: Withheld) -> str:
    """Why the whole table of a commune is not said, as a sentence."""
    match why:
        case Withheld.TOO_FEW:
            return _("Too few valid slips: figures are not shown.")
        case Withheld.FEW_NEW:
            return _("Too few answers came after the last figure: these figures are not shown.")
        case Withheld.COMPLEMENT:
            return _("Figures are not shown, to protect others.")
    assert_never(why)


def items_in_short(form: Instrument) -> Mapping[str, str]:
    """By key, what each scored question says alone: "điện của xã" of "Ông/bà có hài lòng về điện của xã không?"."""
    texts = {question.key: in_language(question.text) for question in form.scored}
    common = stem(list(texts.values()))
    return {key: common.rest(text) for key, text in texts.items()}


def topics(form: Instrument) -> Mapping[str, str]:
    """By key, what a table of items calls each scored question; `how_items_read` says the words they all share."""
    return {key: text[:1].upper() + text[1:] for key, text in items_in_short(form).items()}


def how_items_read(form: Instrument) -> str:
    """Of a table of items: the question that their names complete, where all begin alike, and what the rate is."""
    common = stem([in_language(question.text) for question in form.scored])
    alike = " … ".join(filter(None, (common.start, common.end)))
    question = _("Question asked of each item: “%(question)s”.", question=alike) + " " if alike else ""
    rate = _(
        "Rate: households satisfied, of all valid slips; an item left blank is not counted as satisfied."
    )
    return question + rate


def answers(line: DisclosedAnswers) -> tuple[tuple[str, str], ...]:
    """What the answers to a question came to: words and decimal string; none where `no_answers` says why."""
    result = line.question.kind.row.result
    match result:
        case Result.COUNTS:
            return tuple((label, str(n)) for label, n in _choices(line))
        case Result.QUARTILES:
            return _quartiles(line.quartiles) if line.quartiles else ()
        case Result.TEXTS | Result.RATE | Result.NOTHING:
            return ()
    assert_never(result)


def no_answers(line: DisclosedAnswers) -> str:
    """Why there are no figures of a question, and who reads what was written."""
    result = line.question.kind.row.result
    match result:
        case Result.COUNTS:
            return _("too few answers to show")
        case Result.QUARTILES:
            return _("too few answers to show: median and quartiles are shown here from 20 answers on")
        case Result.TEXTS:
            return _(
                "What was written in words is read on screen by Front, province and auditors, and by the commune "
                "once the Front has released it. It is never published."
            )
        case Result.RATE | Result.NOTHING:
            return ""
    assert_never(result)


def _choices(line: DisclosedAnswers) -> Iterator[tuple[str, int]]:
    if line.counts is not None:
        yield from ((words, line.counts[code]) for code, words in answers_in_words(line.question))


def _quartiles(found: Quartiles) -> tuple[tuple[str, str], ...]:
    return (
        (_("Answers with a number"), str(found.answers)),
        (_("A quarter of them at most (lower quartile)"), found.lower),
        (_("Half of them at most (median)"), found.median),
        (_("Three quarters of them at most (upper quartile)"), found.upper),
    )


def ended(result: DisclosedResult) -> tuple[str, ...]:
    """What must be said where phones closed before the announced day, or the operator ended the count by command.

    Pages and papers print the announced days; nobody may take them for the days on which phones were open.
    """
    survey, phones, sealed = result.survey, result.survey.phones_closed_at, result.sealed_at
    by_command = sealed is not None and result.sealed_by == audit.OPERATOR
    sentences = []
    if phones is not None and phones < survey.closes_at:
        announced = {"when": moment(phones), "day": day(survey.last_day)}
        if by_command and phones == sealed:
            return (
                _(
                    "Answering by phone ended at %(when)s (announced: until the end of %(day)s): the operator "
                    "of the server ended it and the count by command.",
                    **announced,
                ),
            )
        sentences.append(
            _("Answering by phone ended at %(when)s (announced: until the end of %(day)s).", **announced)
        )
    if by_command and sealed is not None:
        sentences.append(
            _("The operator of the server ended the count by command at %(when)s.", when=moment(sealed))
        )
    return tuple(sentences)


def _whole(number: int) -> str:
    return f"{number}\u00a0%"


def above_frame_text(village: AboveFrame) -> str:
    """A village in which more households answered than are on its list."""
    return _(
        "%(village)s: %(answered)s households answered, but only %(households)s are on the list.",
        village=village.name,
        answered=number(village.answered),
        households=number(village.households),
    )


def outside_programme_text(wards: int) -> str:
    """That this many surveys of wards are beside sums of communes and are not in them."""
    return ngettext(
        "Besides, %(num)d ward asked with the form as a sample, which is not added to these sums.",
        "Besides, %(num)d wards asked with the form as a sample, which is not added to these sums.",
        wards,
    )
