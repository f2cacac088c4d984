"""What a new installation begins with: the command `setup`, and the first page, by a link that the start prints."""

from flask import Flask

from survey_app.setting_up import commands, views


def init_app(app: Flask) -> None:
    app.register_blueprint(views.bp)
    app.cli.add_command(commands.setup)
