"""The unit that an address names, for views of every room: of the reader's own subtree, or the page does not exist."""

from survey_app import access, db
from survey_app.i18n import gettext as _
from survey_app.units import queries
from survey_app.units.models import Level
from survey_app.units.queries import UnitNotFound, UnitView


def own_province() -> UnitView:
    """The province that the signed-in person's unit is, or lies in."""
    current = db.session()
    return queries.province_of(current, queries.unit(current, access.identity().unit_id))


def own_commune_or_province(code: str) -> UnitView:
    """A commune in force today in the signed-in person's subtree, or that person's province; as `own_commune`."""
    found = queries.scoped_unit(db.session(), code, access.identity(), queries.today())
    if found.level not in {Level.COMMUNE, Level.PROVINCE}:
        raise UnitNotFound(_("There is no such unit."))
    return found


def own_commune(code: str) -> UnitView:
    """The commune in force today under that code in the signed-in person's subtree.

    Raises UnitNotFound, which a browser sees as 404, also for a province or a village.
    """
    today = queries.today()
    found = queries.scoped_unit(db.session(), code, access.identity(), today)
    if found.level != Level.COMMUNE:
        raise UnitNotFound(_("There is no such unit."))
    return found
