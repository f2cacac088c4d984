"""Which commune of today a code or a name in a file means."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy.orm import Session

from survey_app import names
from survey_app.i18n import gettext as _
from survey_app.office_files import Wrong, shortened
from survey_app.units import queries
from survey_app.units.queries import UnitView


class CommuneFinder:
    """Finds one of the `known` communes; with `only` there is one, and no other is told about."""

    def __init__(self, session: Session, known: Iterable[UnitView], on: date, *, only: bool = False) -> None:
        self._session = session
        self._on = on
        self._only = only
        by_name: dict[str, list[UnitView]] = defaultdict(list)
        for commune in known:
            for key in (commune.code, *queries.commune_names(commune)):
                by_name[key].append(commune)
        self._by_name: Mapping[str, list[UnitView]] = by_name

    def find(self, text: str) -> UnitView:
        """Raises Wrong when no commune or several answer to `text`."""
        code = text.zfill(5) if text.isdecimal() else text
        found = self._by_name.get(code, []) or self._by_name.get(names.identity(text), [])
        if len(found) == 1:
            return found[0]
        if found:
            codes = ", ".join(commune.code for commune in found)
            raise Wrong(
                _("Several communes are called “%(name)s”.", name=shortened(text)),
                _("one of the codes %(codes)s", codes=codes),
            )
        raise self._unknown(code)

    def _unknown(self, text: str) -> Wrong:
        if self._only:
            own = next(iter(self._by_name.values()))[0]
            return Wrong(
                _("“%(name)s” is not this commune.", name=shortened(text)),
                _("%(code)s or %(name)s", code=own.code, name=own.full_name),
            )
        former = queries.former_communes(self._session, text, self._on)
        successors = queries.successors(self._session, former[0].id) if former else ()
        if successors:
            now = ", ".join(f"{passage.unit.code} {passage.unit.full_name}" for passage in successors)
            return Wrong(
                _(
                    "%(name)s has been no unit since %(day)s.",
                    name=former[0].full_name,
                    day=successors[0].unit.valid_from.strftime("%d/%m/%Y"),
                ),
                _("the unit of today: %(now)s", now=now),
            )
        return Wrong(
            _("No commune in force has the code or name “%(name)s”.", name=shortened(text)),
            _("a commune's 5-digit code or its name of today"),
        )
