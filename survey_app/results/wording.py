"""How a disclosed figure reads in words: on screens, on the public page, in exports and on papers alike."""

from survey_app.i18n import gettext as _
from survey_app.scoring.disclosure import COMPLEMENT, Band, DisclosedVillage
from survey_app.templating import percent


def band(told: Band) -> str:
    """The coded rate of a village: "≥ 86 %", "từ 70 % đến dưới 80 %"; exact where the audience may see it."""
    low, high = _whole(told.low), _whole(told.high)
    if told.kind == "exact_rate" and told.rate is not None:
        return percent(told.rate)
    if told.kind == "at_least":
        return f"≥\u00a0{low}"
    if told.kind == "at_most":
        return f"≤\u00a0{high}"
    if told.high == 100:
        return _("from %(low)s to %(high)s", low=low, high=high)
    return _("from %(low)s to below %(high)s", low=low, high=high)


def village(told: DisclosedVillage) -> str:
    """The band of a village, or why there is none."""
    if told.band is not None:
        return band(told.band)
    if told.hidden_because == COMPLEMENT:
        return _("not shown, to protect another village")
    return _("too few answers to show")


def _whole(number: int) -> str:
    return f"{number}\u00a0%"
