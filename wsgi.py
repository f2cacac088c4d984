"""Where web servers and the `flask` command find the application."""

import gc

# What is made at the start stays: looking for garbage in it takes an eighth of the start.
gc.disable()

import sys

import click
from sqlalchemy.exc import SQLAlchemyError

from survey_app.app import create_app
from survey_app.command_line import help_alone, refused_start
from survey_app.config import SettingsFault, unset_settings

try:
    app = create_app()
except (SettingsFault, OSError, SQLAlchemyError, ImportError) as fault:
    refusal = refused_start(fault)
    if "--help" not in sys.argv:
        raise SystemExit(refusal) from None
    click.echo(refusal, err=True)
    app = create_app(unset_settings())
    help_alone(app, refusal)

gc.enable()
