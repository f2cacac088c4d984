"""Where web servers and the `flask` command find the application."""

from survey_app.app import create_app
from survey_app.config import SettingsFault

try:
    app = create_app()
except SettingsFault as fault:
    raise SystemExit(f"The settings cannot be used: {fault}") from None
