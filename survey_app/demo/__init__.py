"""A sample province to look at and to test on: every village, household and answer in it is invented and says so."""

from flask import Flask

from survey_app.demo import commands, views


def init_app(app: Flask) -> None:
    """Register the demo's commands, and its hand-out of sample codes."""
    app.cli.add_command(commands.group)
    app.register_blueprint(views.bp)
