"""Where web servers and the `flask` command find the application."""

from survey_app.app import create_app

app = create_app()
