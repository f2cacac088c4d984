"""The audit log as people read it: whose acts one may read, every act in words, the chain checked on command."""

from flask import Flask

from survey_app import audit, menu
from survey_app.i18n import lazy_gettext
from survey_app.journal import commands, log_words, queries, views
from survey_app.menu import MenuEntry


def init_app(app: Flask) -> None:
    """The page and the commands of the audit log, and which accounts and units lie in a subtree."""
    audit.register(app, log_words.WORDS)
    app.register_blueprint(views.bp)
    menu.register(app, MenuEntry("journal.audit_log", lazy_gettext("Audit log"), 900))
    app.cli.add_command(commands.group)
    queries.register(app, "user", queries.accounts_under)
    queries.register(app, "unit", queries.units_under)
