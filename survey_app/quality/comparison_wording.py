"""Flags and results of the back-check in words: what was counted, never an accusation."""

from collections.abc import Callable, Mapping, Sequence

from survey_app.i18n import gettext as _
from survey_app.quality.comparison import Sample
from survey_app.scoring.back_check import Contradiction
from survey_app.scoring.flags import Flag
from survey_app.scoring.keying import DrawOutcome, SecondKeying
from survey_app.scoring.paradata import Mode
from survey_app.scoring.rates import Rate
from survey_app.templating import number, percent


def flag(found: Flag) -> str:
    """What the flag counted, in one sentence."""
    return _WORDS[found.key](found.figures)


def keyed_again(villages: Sequence[SecondKeying], names: Mapping[str, str]) -> str:
    """What keying again found, in one sentence; `names` of villages by unit code."""
    said = [
        _(
            "%(checked)s of %(paper)s; %(differing)s differ",
            checked=number(sum(one.checked for one in villages)),
            paper=number(sum(one.paper or 0 for one in villages)),
            differing=number(sum(one.differing for one in villages)),
        )
    ]
    said += [
        _(
            "to be compared: %(village)s (%(differing)s of %(checked)s)",
            village=names[one.unit],
            differing=number(one.differing),
            checked=number(one.checked),
        )
        for one in villages
        if one.needs_comparison
    ]
    short = [names[one.unit] for one in villages if one.missing]
    if short:
        every = _("not every slip keyed again:")
        some = _("fewer keyed again than one in ten:")
        said.append(f"{every if villages[0].one_in == 1 else some} {', '.join(short)}")
    return "; ".join(said) + "."


def drawn(found: DrawOutcome) -> str:
    """What the signers' draw found, without a full stop."""
    return _(
        "%(drawn)s drawn: %(matching)s match, %(differing)s differ, %(missing)s not found, %(left)s not compared yet",
        drawn=number(found.drawn),
        matching=number(found.matching),
        differing=number(found.differing),
        missing=number(found.not_found),
        left=number(found.open),
    )


def outcome(sample: Sample) -> str:
    """What the back-check says of the ticked rows; empty before there are replies."""
    if sample.replies is None or sample.meaning is None:
        return ""
    meaning, of = sample.meaning, sample.ticked
    if meaning.effect == "nothing_said":
        return _("Back-check: nobody was reached, so it says nothing.")
    if meaning.effect == "nothing_found":
        return _(
            "Back-check: all %(reached)d households reached confirm that they answered. With 95 %% certainty at most "
            "%(most)d of %(of)d ticked rows are wrong.",
            reached=sample.replies.reached,
            most=meaning.at_most_false,
            of=of,
        )
    return contradicted(
        Contradiction(sample.replies.denied, sample.replies.reached, meaning.at_least_false, of)
    )


def contradicted(found: Contradiction) -> str:
    """What is beside a finding, on the board, on papers and before signing."""
    return _(
        "Back-check: %(denied)d of %(reached)d households reached say that they did not answer. With 95 %% certainty "
        "at least %(least)d of %(of)d ticked rows are wrong; please compare with the papers.",
        denied=found.denied,
        reached=found.reached,
        least=found.at_least_false,
        of=found.ticked,
    )


def _more_than_listed(figures: Mapping[str, int]) -> str:
    if "issued" in figures:
        return _(
            "Of %(issued)d slips brought, %(ticked)d are ticked and %(returned)d came back: %(missing)d are missing.",
            issued=figures["issued"],
            ticked=figures["ticked"],
            returned=figures["returned"],
            missing=figures["issued"] - figures["ticked"] - figures["returned"],
        )
    if "ticked" in figures and figures["answered"] > figures["ticked"]:
        return _(
            "%(answered)d households counted, but only %(ticked)d rows ticked on the receipt list.",
            answered=figures["answered"],
            ticked=figures["ticked"],
        )
    return _(
        "%(answered)d households counted, but only %(households)d households in the frame.",
        answered=figures["answered"],
        households=figures["households"],
    )


def _corner(figures: Mapping[str, int]) -> str:
    return _(
        "Coverage %(coverage)s and satisfaction %(satisfaction)s; in the middle village of the commune "
        "%(usual_coverage)s and %(usual_satisfaction)s.",
        **{name: percent(Rate(share, 10_000)) for name, share in figures.items()},
    )


def _burst(figures: Mapping[str, int]) -> str:
    return _(
        "%(most)d answers by phone in ten minutes without an announced meeting; usually %(usual)d.",
        most=figures["most"],
        usual=figures["usual"],
    )


def _fast(figures: Mapping[str, int]) -> str:
    return _(
        "%(fast)d of %(answers)d answers by phone were sent in less than two seconds a question.",
        fast=figures["fast"],
        answers=figures["answers"],
    )


def _same_answers(figures: Mapping[str, int]) -> str:
    return _(
        "%(same)d slips are dissatisfied with exactly the same things, of %(compared)d that are dissatisfied with "
        "something and leave nothing blank; chance would hardly do that once in ten thousand villages.",
        same=figures["same"],
        compared=figures["compared"],
    )


def _one_network(figures: Mapping[str, int]) -> str:
    return _(
        "%(network)d of %(answers)d answers by households' own phones outside announced meetings came from one network "
        "or from a few that are counted together. A provider may put a whole village behind one address.",
        network=figures["network"],
        answers=figures["answers"],
    )


def _same_text(figures: Mapping[str, int]) -> str:
    return _(
        "%(times)d households wrote the same words, of %(texts)d that wrote a sentence. "
        "A polite formula does that too.",
        times=figures["times"],
        texts=figures["texts"],
    )


def _night(figures: Mapping[str, int]) -> str:
    return _(
        "%(night)d of %(answers)d answers by phone came between midnight and five o'clock.",
        night=figures["night"],
        answers=figures["answers"],
    )


def _channels(figures: Mapping[str, int]) -> str:
    own = percent(Rate(figures["own_phone"], 10_000))
    if Mode.KEYED in figures:
        paper = percent(Rate(figures[Mode.KEYED], 10_000))
        return _("Satisfaction on paper %(paper)s, on households' own phones %(own)s.", paper=paper, own=own)
    helped = percent(Rate(figures[Mode.HELPED], 10_000))
    return _(
        "Satisfaction with a helper's phone %(helped)s, on households' own phones %(own)s.",
        helped=helped,
        own=own,
    )


def _assisted(figures: Mapping[str, int]) -> str:
    return _(
        "%(assisted)d of %(answers)d answers came through a helper's phone. Where many old people live, more ask for "
        "help.",
        assisted=figures["assisted"],
        answers=figures["answers"],
    )


_WORDS: Mapping[str, Callable[[Mapping[str, int]], str]] = {
    "F1": _more_than_listed,
    "F2": _corner,
    "F3": _burst,
    "F4": _fast,
    "F5": _same_answers,
    "F6": _one_network,
    "F7": _night,
    "F8": _channels,
    "F9": _same_text,
    "F10": _assisted,
}
