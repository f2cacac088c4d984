"""Where web servers and the `flask` command find the application."""

from sqlalchemy.exc import SQLAlchemyError

from survey_app.app import create_app
from survey_app.config import SettingsFault

try:
    app = create_app()
except SettingsFault as fault:
    raise SystemExit(f"The settings cannot be used: {fault}") from None
except OSError as fault:
    raise SystemExit(f"Not started: {fault.filename}: {fault.strerror}") from None
except (SQLAlchemyError, ImportError) as fault:
    raise SystemExit(f"Not started: database_url names no database this program knows ({fault})") from None
