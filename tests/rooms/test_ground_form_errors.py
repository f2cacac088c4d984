"""What was typed wrongly is told where somebody is who cannot see the page: focus, field and sentence belong together."""

import pytest
from flask import render_template_string
from wtforms import BooleanField, RadioField, StringField
from wtforms.validators import InputRequired

from survey_app.forms import StaffForm
from tests.pages import Page

MACROS = "{% from 'macros/forms.html' import errors_summary, field %}"


class Probe(StaffForm):
    name = StringField("Tên", [InputRequired("Thiếu tên")])
    agreed = BooleanField("Đồng ý", [InputRequired("Chưa đánh dấu")])
    choice = RadioField("Chọn", [InputRequired("Chưa chọn")], choices=["a", "b"])


@pytest.fixture
def refused(app):
    app.config["WTF_CSRF_ENABLED"] = False
    with app.test_request_context(method="POST", data={}):
        form = Probe()
        assert not form.validate()
        page = (
            MACROS
            + "{{ errors_summary(form) }}{% for one in form %}{{ field(one, help='Giúp') }}{% endfor %}"
        )
        return Page(render_template_string(page, form=form))


def tag(page, name, **wanted):
    [found] = [
        attributes for tag, attributes in page.tags if tag == name and wanted.items() <= attributes.items()
    ]
    return found


def test_the_summary_of_what_is_wrong_takes_the_focus(refused):
    assert "autofocus" in tag(refused, "div", role="alert")


@pytest.mark.parametrize(
    ("element", "name"), [("input", "name"), ("input", "agreed"), ("fieldset", "choice")]
)
def test_every_kind_of_field_is_tied_to_its_error_and_its_help(refused, element, name):
    assert tag(refused, element, id=name)["aria-describedby"] == f"{name}-help {name}-error"
    assert tag(refused, "small", id=f"{name}-error")
