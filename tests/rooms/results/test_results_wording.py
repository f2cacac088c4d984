from survey_app.results import wording
from survey_app.scoring.disclosure import Withheld


def test_every_reason_for_withholding_a_table_has_a_sentence_of_its_own(app):
    with app.test_request_context():
        told = {wording.withheld(why) for why in Withheld}

    assert len(told) == len(Withheld)
