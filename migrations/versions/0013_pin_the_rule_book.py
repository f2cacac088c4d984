"""A survey pins the rule book in force when it is published

Revision: 0013, after: 0012

Surveys published before get what their papers were judged by until today: the rule book of the year in which phones
closed, the one chosen or else the default. A shipped rule book that nobody put on record is put there, because what
is pinned must stay readable.
"""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_VIETNAM = timezone(timedelta(hours=7))
_SHIPPED = Path(__file__).parents[2] / "survey_app" / "rulebooks" / "data"

_surveys = sa.table(
    "surveys",
    sa.column("id", sa.String),
    sa.column("unit_id", sa.Integer),
    sa.column("closes_at", sa.DateTime(timezone=True)),
    sa.column("phones_closed_at", sa.DateTime(timezone=True)),
    sa.column("published_at", sa.DateTime(timezone=True)),
    sa.column("rulebook_key", sa.String),
    sa.column("rulebook_version", sa.Integer),
    sa.column("rulebook_digest", sa.String),
    sa.column("rulebook_chosen", sa.Boolean),
)
_units = sa.table("units", sa.column("id", sa.Integer), sa.column("path", sa.String))
_books = sa.table(
    "framework_versions",
    sa.column("key", sa.String),
    sa.column("version", sa.Integer),
    sa.column("document", sa.JSON),
    sa.column("recorded_at", sa.DateTime(timezone=True)),
    sa.column("recorded_by", sa.String),
)
_chosen = sa.table(
    "year_frameworks",
    sa.column("unit_id", sa.Integer),
    sa.column("year", sa.Integer),
    sa.column("framework_key", sa.String),
    sa.column("framework_version", sa.Integer),
)


def upgrade() -> None:
    op.add_column("surveys", sa.Column("rulebook_key", sa.String(length=60), nullable=True))
    op.add_column("surveys", sa.Column("rulebook_version", sa.Integer(), nullable=True))
    op.add_column("surveys", sa.Column("rulebook_digest", sa.String(length=64), nullable=True))
    op.add_column("surveys", sa.Column("rulebook_chosen", sa.Boolean(), nullable=True))
    connection = op.get_bind()
    published = connection.execute(
        sa.select(_surveys.c.id, _surveys.c.closes_at, _surveys.c.phones_closed_at, _units.c.path)
        .select_from(_surveys.join(_units, _units.c.id == _surveys.c.unit_id))
        .where(_surveys.c.published_at.is_not(None))
        .order_by(_surveys.c.id)
    ).all()
    if not published:
        return
    on_record = {
        (row.key, row.version): row.document
        for row in connection.execute(sa.select(_books).order_by(_books.c.key, _books.c.version))
    }
    chosen = {
        (row.unit_id, row.year): (row.framework_key, row.framework_version)
        for row in connection.execute(sa.select(_chosen))
    }
    newest = _shipped() | {key: document for (key, _version), document in on_record.items()}
    for survey in published:
        closed = min(survey.closes_at, survey.phones_closed_at or survey.closes_at)
        year = (_aware(closed) - timedelta(seconds=1)).astimezone(_VIETNAM).year
        name = chosen.get((int(survey.path.split("/")[1]), year))
        document = on_record[name] if name else _default(newest, year)
        pinned = (document["key"], document["version"])
        if pinned not in on_record:
            row = {"key": pinned[0], "version": pinned[1], "document": document}
            connection.execute(
                sa.insert(_books).values(**row, recorded_at=datetime.now(UTC), recorded_by="package")
            )
            on_record[pinned] = document
        connection.execute(
            sa.update(_surveys)
            .where(_surveys.c.id == survey.id)
            .values(
                rulebook_key=pinned[0],
                rulebook_version=pinned[1],
                rulebook_digest=_digest(document),
                rulebook_chosen=name is not None,
            )
        )


def downgrade() -> None:
    for column in ("rulebook_chosen", "rulebook_digest", "rulebook_version", "rulebook_key"):
        op.drop_column("surveys", column)


def _aware(moment: datetime) -> datetime:
    """SQLite gives moments back without their zone, which is UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _shipped() -> dict:
    read = (json.loads(file.read_text(encoding="utf-8")) for file in sorted(_SHIPPED.glob("*.json")))
    return {document["key"]: document for document in read}


def _default(newest: dict, year: int) -> dict:
    """As the application chooses it: no demonstration, the latest period first, one that holds the year if there is."""
    real = sorted(
        (document for document in newest.values() if not document["demo"]),
        key=lambda document: (-date.fromisoformat(document["period_from"]).toordinal(), document["key"]),
    )
    holding = [one for one in real if one["period_from"][:4] <= str(year) <= one["period_to"][:4]]
    return (holding or real)[0]


def _digest(document: dict) -> str:
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()
