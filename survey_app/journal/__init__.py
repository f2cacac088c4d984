"""The audit log as people read it: whose acts one may read, every act in words, the chain checked on command."""

from flask import Flask

from survey_app.journal import commands, queries, views


def init_app(app: Flask) -> None:
    """The page and the commands of the audit log, and which accounts and units lie in a subtree."""
    app.register_blueprint(views.bp)
    app.cli.add_command(commands.group)
    queries.register(app, "user", queries.accounts_under)
    queries.register(app, "unit", queries.units_under)
