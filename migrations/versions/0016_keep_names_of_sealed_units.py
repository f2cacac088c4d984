"""Keep what units are called in a sealed survey

Revision: 0016, after: 0015

Surveys that were sealed before get what the register says today, once: it stands beside their seal and is no part of
what was signed. The words of kinds and the text of the triggers are copies as they were; a later change is a later
revision.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

#: Their functions on PostgreSQL are those of 0002.
_CREATE_POSTGRESQL = (
    "CREATE TRIGGER sealed_units_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON sealed_units FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER sealed_units_end_at_seal BEFORE INSERT ON sealed_units FOR EACH ROW EXECUTE FUNCTION refuse_after_seal()",
)

_CREATE_SQLITE = (
    "CREATE TRIGGER sealed_units_never_update BEFORE UPDATE ON sealed_units BEGIN SELECT RAISE(ABORT, 'sealed rows never change: sealed_units'); END",
    "CREATE TRIGGER sealed_units_never_delete BEFORE DELETE ON sealed_units BEGIN SELECT RAISE(ABORT, 'sealed rows never change: sealed_units'); END",
    "CREATE TRIGGER sealed_units_end_at_seal BEFORE INSERT ON sealed_units WHEN EXISTS (SELECT 1 FROM seals WHERE survey_id = NEW.survey_id) BEGIN SELECT RAISE(ABORT, 'the survey is sealed'); END",
)

_WORDS = {
    "tinh": "Tỉnh",
    "thanh_pho": "Thành phố",
    "thi_xa": "Thị xã",
    "huyen": "Huyện",
    "xa": "Xã",
    "phuong": "Phường",
    "dac_khu": "Đặc khu",
    "thi_tran": "Thị trấn",
    "thon": "Thôn",
    "lang": "Làng",
    "buon": "Buôn",
    "ap": "Ấp",
    "ban": "Bản",
    "to_dan_pho": "Tổ dân phố",
    "khu_pho": "Khu phố",
}
_FORMER = ("xã", "thị trấn", "phường")

_surveys = sa.table("surveys", sa.column("id", sa.String), sa.column("unit_id", sa.Integer))
_seals = sa.table("seals", sa.column("survey_id", sa.String))
_frames = sa.table("frames", sa.column("survey_id", sa.String), sa.column("unit_id", sa.Integer))
_units = sa.table(
    "units",
    *(sa.column(name, sa.String) for name in ("kind", "name", "old_unit")),
    sa.column("id", sa.Integer),
)


def upgrade() -> None:
    kept = op.create_table(
        "sealed_units",
        sa.Column("survey_id", sa.String(length=4), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("old_unit", sa.String(length=120), nullable=False),
        sa.Column("printed", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["surveys.id"], name=op.f("fk_sealed_units_survey_id_surveys")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_sealed_units_unit_id_units")),
        sa.PrimaryKeyConstraint("survey_id", "unit_id", name=op.f("pk_sealed_units")),
    )
    connection = op.get_bind()
    asked = sa.union(
        sa.select(_surveys.c.id.label("survey_id"), _surveys.c.unit_id),
        sa.select(_frames.c.survey_id, _frames.c.unit_id),
    ).subquery()
    rows = connection.execute(
        sa.select(asked.c.survey_id, asked.c.unit_id, _units.c.kind, _units.c.name, _units.c.old_unit)
        .select_from(
            asked.join(_seals, _seals.c.survey_id == asked.c.survey_id).join(
                _units, _units.c.id == asked.c.unit_id
            )
        )
        .order_by(asked.c.survey_id, asked.c.unit_id)
    ).all()
    if rows:
        op.bulk_insert(
            kept, [row._asdict() | {"printed": _printed(row.kind, row.name, row.old_unit)} for row in rows]
        )
    for statement in _CREATE_POSTGRESQL if connection.dialect.name == "postgresql" else _CREATE_SQLITE:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("sealed_units")


def _printed(kind: str, name: str, old_unit: str) -> str:
    full = f"{_WORDS.get(kind, kind)} {name}"
    if not old_unit:
        return full
    for word in _FORMER:
        if old_unit.lower().startswith(f"{word} "):
            return f"{full} ({word} cũ {old_unit[len(word) + 1 :]})"
    return f"{full} ({_FORMER[0]} cũ {old_unit})"
