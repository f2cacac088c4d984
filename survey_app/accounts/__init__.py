"""Staff of two bodies: roles on a subtree of units, sign-in, invitations, and what both must agree on."""

from flask import Flask

from survey_app.accounts import commands, people, reminders, signin, todo


def init_app(app: Flask) -> None:
    """Sign-in, the pages and commands of accounts, and the list of today."""
    signin.init_app(app)
    app.register_blueprint(people.bp)
    app.cli.add_command(commands.accounts)
    todo.register(app, reminders.reminders)
    todo.register(app, reminders.village_lists)
