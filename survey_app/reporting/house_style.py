"""Heads, numbers, closing sentences and receivers of papers: what a province's Front set, or what the product prints.

They are the Front's alone, as the papers are. What is set here changes no figure, and which counts a notice may show is
decided by `scoring.disclosure` alone.
"""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy.orm import Session

from survey_app import audit, db
from survey_app.i18n import force_locale
from survey_app.i18n import gettext as _
from survey_app.reporting.models import PaperSettings
from survey_app.units.queries import UnitView

SAVED = "reporting.style"


@dataclass(frozen=True, slots=True)
class HouseStyle:
    """What the Front of a province may say of its papers; `receivers` one a line."""

    committee: str
    standing: str
    village_body: str
    number_pattern: str
    layout_source: str
    minutes_closing: str
    notice_closing: str
    report_closing: str
    receivers: str

    def committee_of(self, unit: UnitView) -> str:
        """The committee that issues the papers of a commune or a province."""
        return self.committee.replace("{unit}", unit.running_name)

    def village_body_of(self, village: str) -> str:
        """The body of the Front in a village, given its full name."""
        return self.village_body.replace("{village}", village[:1].lower() + village[1:])

    def number(self, kind: str) -> str:
        """The number with room for a pen, by the letters of the kind of paper; a letter has none."""
        pattern = self.number_pattern.replace("{kind}", kind) if kind else self.number_pattern
        return _("No.: %(number)s", number=pattern.replace("{kind}-", "").replace("{kind}", ""))

    @property
    def layout(self) -> str:
        """By which document the papers look as they do, or that none is known."""
        if self.layout_source:
            return _("Laid out by %(document)s", document=self.layout_source)
        return _("Layout made by this product, not confirmed by the Fatherland Front")

    @property
    def receiver_lines(self) -> tuple[str, ...]:
        """Who gets the papers."""
        return tuple(f"– {line.strip(' -–')};" for line in self.receivers.splitlines() if line.strip())


def defaults() -> HouseStyle:
    """What the product prints where the Front set nothing; papers are Vietnamese."""
    with force_locale("vi"):
        return HouseStyle(
            committee=_("Fatherland Front Committee of {unit}"),
            standing=_("Standing Board"),
            village_body=_("Front Working Committee of {village}"),
            number_pattern="…/{kind}-MTTQ-BTT",
            layout_source="",
            minutes_closing=_(
                "These minutes were read out to those present, who agreed with them and sign below."
            ),
            notice_closing="",
            report_closing="",
            receivers="\n".join(
                (
                    _("Fatherland Front Committee of the province"),
                    _("People's Committee of the commune"),
                    _("File"),
                )
            ),
        )


def style_of(session: Session, unit: UnitView) -> HouseStyle:
    """The style of the province that a unit is, or lies in."""
    stored = session.get(PaperSettings, unit.province_id)
    usual = defaults()
    if stored is None:
        return usual
    named = {one.name: getattr(stored, one.name) or getattr(usual, one.name) for one in fields(HouseStyle)}
    return HouseStyle(**named)


def save(session: Session, province: UnitView, style: HouseStyle, *, actor: str, now: datetime) -> None:
    """Keep what the Front set; what says what the product says anyway is kept as nothing set."""
    stored = db.hold(session, PaperSettings, province.id)
    usual, before = defaults(), style_of(session, province)
    said = {one.name: getattr(style, one.name) for one in fields(HouseStyle)}
    kept = {name: "" if value == getattr(usual, name) else value for name, value in said.items()}
    row = stored or PaperSettings(province_id=province.id)
    for name, value in kept.items():
        setattr(row, name, value)
    row.saved_by, row.saved_at = actor, now
    session.add(row)
    was = {name: getattr(before, name) for name in said}
    audit.record(session, actor, SAVED, f"unit:{province.id}", at=now, **audit.changes(was, said))
