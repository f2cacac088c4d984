"""Survey numbers of four digits and more

Revision: 0021, after: 0020

Numbers given before stay as they are. Only the width of the columns changes, which touches no row: SQLite keeps the text
of a table's definition and no widths, so the definition is edited in place (https://sqlite.org/lang_altertable.html,
"changes that do not affect the on-disk content"), and rows, triggers and tables without row numbers stay as they were.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_FORMER, _WIDE = 4, 10


def upgrade() -> None:
    _change_width(_FORMER, _WIDE)


def downgrade() -> None:
    _change_width(_WIDE, _FORMER)


def _change_width(before: int, after: int) -> None:
    """Of every column that holds a survey number. A number too long for `after` stops PostgreSQL here."""
    bind = op.get_bind()
    tables = [
        (name, "id" if name == "surveys" else "survey_id")
        for name in sa.inspect(bind).get_table_names()
        if any(_is_number(name, column, before) for column in sa.inspect(bind).get_columns(name))
    ]
    if bind.dialect.name == "postgresql":
        for table, column in tables:
            op.alter_column(table, column, type_=sa.String(after), existing_type=sa.String(before))
        return
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar_one()
    bind.exec_driver_sql("PRAGMA writable_schema = ON")
    for table, column in tables:
        bind.execute(
            sa.text(
                "UPDATE sqlite_master SET sql = replace(sql, :before, :after) WHERE type = 'table' AND name = :name"
            ),
            {
                "before": f"\t{column} VARCHAR({before})",
                "after": f"\t{column} VARCHAR({after})",
                "name": table,
            },
        )
    bind.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema = OFF")


def _is_number(table: str, column: sa.engine.interfaces.ReflectedColumn, width: int) -> bool:
    wanted = "id" if table == "surveys" else "survey_id"
    return column["name"] == wanted and getattr(column["type"], "length", None) == width
