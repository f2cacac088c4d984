"""Where web servers and the `flask` command find the application."""

from sqlalchemy.exc import SQLAlchemyError

from survey_app.app import create_app
from survey_app.command_line import refused_start
from survey_app.config import SettingsFault

try:
    app = create_app()
except (SettingsFault, OSError, SQLAlchemyError, ImportError) as fault:
    raise SystemExit(refused_start(fault)) from None
