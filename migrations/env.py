"""Alembic runs here, inside the application: its engine, its models, one transaction for all pending revisions."""

from alembic import context
from flask import current_app

from survey_app.db import Base, make_file


def run() -> None:
    engine = current_app.extensions["migrate"].db.engine
    current_app.extensions["settings"].instance.mkdir(parents=True, exist_ok=True)
    make_file(engine)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            compare_type=True,
            compare_server_default=True,
            user_module_prefix="survey_app.db.",
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


if context.is_offline_mode():
    raise SystemExit("migrations run against a database, not as a script")
run()
