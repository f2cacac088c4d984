"""Which commune a code or a name in a list means: of one commune's own list, or of a list of several."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from survey_app import names
from survey_app.i18n import gettext as _
from survey_app.office_files import Wrong, shortened
from survey_app.units import queries
from survey_app.units.queries import UnitView


@dataclass(frozen=True, slots=True)
class Owner:
    """The commune whose list it is: what it is called, and its former communes by `names.identity`."""

    shown: str
    called: frozenset[str]
    former: Mapping[str, str]
    #: Codes and names of other communes, whose rows are left out of a list.
    others: frozenset[str] = frozenset()
    #: Whether each row must name its commune.
    is_of_several = False

    def commune(self, text: str) -> str:
        """The code of the commune that a row names; "" for the owner. Raises Wrong for any other."""
        bare = _bare(text)
        if text and bare not in self.called | self.former.keys() and text.zfill(5) not in self.called:
            raise Wrong(_("“%(name)s” is not this commune.", name=shortened(text)), self.shown)
        return ""

    def is_called(self, text: str) -> bool:
        return _bare(text) in self.called

    def is_another(self, text: str) -> bool:
        """Whether a text names another commune of the register, and not a former one of the owner's."""
        return bool(self.others & {_bare(text), text.zfill(5)} - self.called - self.former.keys())

    def former_commune(self, text: str) -> str:
        """The former commune that a text names, or ""."""
        return self.former.get(_bare(text), "")


def owner(session: Session, commune: UnitView) -> Owner:
    """How a commune is called in files, former communes that went into it included."""
    called = frozenset({commune.code, *queries.commune_names(commune)})
    former = {
        name: passage.unit.full_name
        for passage in queries.predecessors(session, commune.id)
        for name in queries.commune_names(passage.unit) - called
    }
    return Owner(f"{commune.code} {commune.full_name}", called, former)


def owner_among_others(session: Session, commune: UnitView, on: date) -> Owner:
    """The same, who knows the other communes of the register: a list of several may be sent to one of them."""
    found = queries.communes(session, "/", on)
    others = frozenset(name for one in found for name in (one.code, *queries.commune_names(one)))
    return replace(owner(session, commune), others=others)


class CommuneFinder:
    """Finds one of the `known` communes by its code or a name of it."""

    def __init__(self, session: Session, known: Iterable[UnitView], on: date) -> None:
        self._session = session
        self._on = on
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


class AllCommunes:
    """The communes in force on a day, as rows of a list of several name them."""

    is_of_several = True

    def __init__(self, session: Session, on: date) -> None:
        self._finder = CommuneFinder(session, queries.communes(session, "/", on), on)

    def commune(self, text: str) -> str:
        """The code of the commune that a row names. Raises Wrong when none or several answer to it."""
        if not text:
            raise Wrong(_("This is empty."), _("a commune's 5-digit code or its name of today"))
        return self._finder.find(text.removeprefix("UBND").strip()).code

    def is_called(self, _text: str) -> bool:
        """No: the list is of no commune alone."""
        return False

    def is_another(self, _text: str) -> bool:
        """No: each row has its own commune."""
        return False

    def former_commune(self, _text: str) -> str:
        """None: only the column of former communes says it in a list of several."""
        return ""


def _bare(text: str) -> str:
    return names.identity(text.removeprefix("UBND").strip())
