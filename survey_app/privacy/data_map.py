"""What this system stores of anybody, line by line: the data map for the impact-assessment file.

One list, read by the page and by a test that asks for every table of the database to be in it. Who adds a table
says here what it is for.
"""

from dataclasses import dataclass

from flask_babel import LazyString

from survey_app.i18n import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class DataLine:
    """One kind of data. `place` names what is not in the database."""

    tables: tuple[str, ...]
    what: LazyString
    purpose: LazyString
    seen_by: LazyString
    kept: LazyString
    erased: LazyString
    place: LazyString | None = None


_FOREVER = _l("As long as the result is needed")
_NOT_ERASED = _l("Not erased: it holds nothing about a household")
_WITH_SURVEY = _l("Rewritten in random order at sealing")
_STAFF_ALONE = _l("Officers of the unit and above it")

DATA_MAP = (
    DataLine(
        ("responses",),
        _l(
            "Answers while a survey runs: village, channel, answers, written opinions; no person, address or time"
        ),
        _l("To count satisfaction with new rural development"),
        _l("Nobody, by any page"),
        _l("Until the survey is sealed or cancelled"),
        _l("Moved in random order at sealing, and the old file of the table written again"),
    ),
    DataLine(
        ("sealed_responses",),
        _l("Answers of sealed surveys; a written opinion may name somebody by mistake"),
        _l("To check the count"),
        _l(
            "Auditor and province Front: single answers, in the auditor's files. Province and commune Front too: "
            "written opinions by page. The commune: written opinions that the Front released. Looking is noted"
        ),
        _l("As many months as the operator configured; while a complaint is open, longer"),
        _l(
            "All answers of a survey by the operator of the server; one written opinion by the Front, by page"
        ),
    ),
    DataLine(
        ("text_reviews",),
        _l(
            "Which written opinions the Front released or withheld and a word or two of the Front on what each is "
            "about, by digest of the text; no word of it and no time"
        ),
        _l("So that the commune reads no text that shows who wrote it"),
        _l("Front, province and auditor"),
        _l("As long as the raw answers"),
        _l("With the raw answers of the survey"),
    ),
    DataLine(
        ("annulled_responses",),
        _l("Answers of a village that was asked again; they count for nothing"),
        _l("So that what was set aside stays on record"),
        _l("Auditor and province Front, in the auditor's files after sealing; each download is noted"),
        _l("As long as the sealed answers of the same survey"),
        _l("In the same way as sealed answers"),
    ),
    DataLine(
        ("retained_leaves",),
        _l("Digests of removed answers"),
        _l("To find a receipt again and to check the seal"),
        _l("Everybody"),
        _FOREVER,
        _l("Not erased: without the answer's number nobody can tell what was answered"),
    ),
    DataLine(
        ("erasure_permits",),
        _l("Leave to remove or redact, within one transaction"),
        _l("So that nothing else can change a sealed answer"),
        _l("Nobody, by any page"),
        _l("Gone before the transaction ends"),
        _l("By the same transaction"),
    ),
    DataLine(
        ("slips", "spent_codes", "print_batches", "print_sets", "print_set_batches"),
        _l("Keyed digests of the codes on slips, by village; which were used; how many were printed"),
        _l("One household, one answer"),
        _l("Counts by village: officers. A digest: nobody, by any page"),
        _l("The digests stay; their key is destroyed after acceptance or 180 days, then they say nothing"),
        _l("By destroying the key, which the minute job does"),
    ),
    DataLine(
        ("progress", "hourly_progress", "absent_households"),
        _l("Households that answered, counted by village and channel, and how many were away"),
        _l("To follow coverage"),
        _STAFF_ALONE,
        _FOREVER,
        _WITH_SURVEY,
    ),
    DataLine(
        ("activity_counters", "invalid_papers", "desk_counters"),
        _l(
            "Answers counted by ten minutes; paper slips by the way they were keyed, invalid ones by reason, and those "
            "of households that had answered by phone; tied to no answer"
        ),
        _l("To notice invented answers, and to see how many answered by phone in each week"),
        _l("Front, province and auditor; by week and for the whole survey: officers"),
        _FOREVER,
        _WITH_SURVEY,
    ),
    DataLine(
        ("second_keyings",),
        _l("Of paper slips keyed again: the digest of the answer and whether both keyings agree"),
        _l("To check how paper was keyed"),
        _l("Counts by village: officers. A digest: nobody, by any page"),
        _FOREVER,
        _WITH_SURVEY,
    ),
    DataLine(
        ("held_slips",),
        _l(
            "The paper slip a clerk has just keyed, until it is stored; then the end of its code, until the next; "
            "encrypted"
        ),
        _l("So that a slip can be mended before it is stored, and its clerk learn what became of it"),
        _l("The clerk who keyed it"),
        _l("A minute; the end of a code until the next slip, at most until the survey is sealed"),
        _NOT_ERASED,
    ),
    DataLine(
        ("scanned_slips",),
        _l(
            "Scanned paper slips that wait for their clerk's look: picture of the ticked lines, code and "
            "reading, encrypted"
        ),
        _l("So that slips are read from a scan, and nothing counts that no person has looked at"),
        _l("The clerk who scanned them"),
        _l("Until the clerk has decided, at most until the survey is sealed or cancelled"),
        _l("Slip by slip as the clerk decides; old copies with the key, after acceptance or 180 days"),
    ),
    DataLine(
        ("blank_slip_pages",),
        _l("The printed page of slips without code, QR and answers"),
        _l("To find the boxes on a scanned slip"),
        _l("Nobody, by any page"),
        _FOREVER,
        _NOT_ERASED,
    ),
    DataLine(
        ("paper_slips",),
        _l("The codes of keyed paper slips, encrypted, beside the digest of their answer"),
        _l("So that a drawn paper slip is found by its own code"),
        _l(
            "The end of a drawn slip's code: who keys it again, and officers who compare it. Else nobody, by any page"
        ),
        _l("From the seal on the drawn slips alone; gone with the key, after acceptance or 180 days"),
        _l("By destroying the key, which the minute job does"),
    ),
    DataLine(
        ("paper_keyers",),
        _l("Officers: who has keyed paper of a village, by number of the account"),
        _l("So that another person keys a village's slips again"),
        _l("Nobody, by any page"),
        _FOREVER,
        _NOT_ERASED,
    ),
    DataLine(
        ("paper_comparisons",),
        _l(
            "Of paper slips drawn after sealing: the digest of the answer, what a signer found, a note without names"
        ),
        _l("To check the result against the papers"),
        _l(
            "Ends of codes and outcomes: officers of commune and province too. Keyed answers beside them, and notes: "
            "Front and auditor; looking is noted"
        ),
        _FOREVER,
        _NOT_ERASED,
    ),
    DataLine(
        ("network_counters",),
        _l(
            "While a survey runs: answers of households' own phones, counted by 64 groups of networks under a key of "
            "the survey alone; no address and no time"
        ),
        _l("To notice invented answers"),
        _l("Nobody, by any page"),
        _l("Until the survey is sealed or cancelled"),
        _l("Deleted at sealing, and their key destroyed; only the size of the largest group stays"),
    ),
    DataLine(
        ("sealed_signs",),
        _l(
            "Counts by village: equal answers, largest group of networks, equal texts; no answer, text or network"
        ),
        _l("To notice invented answers"),
        _l("Front, province and auditor"),
        _FOREVER,
        _NOT_ERASED,
    ),
    DataLine(
        ("meetings",),
        _l("Meetings of villages: day, hours, place, number of households present; not who came"),
        _l("To tell a meeting from a crowd of invented answers, and paper of meetings from other paper"),
        _STAFF_ALONE,
        _FOREVER,
        _NOT_ERASED,
    ),
    DataLine(
        ("tallies", "seals", "feedback_figures"),
        _l("Counts by village and channel, the sealed result and its signature"),
        _l("The result itself"),
        _l("Exact: auditor, province, Front. Others: the commune's counts, villages as coded bands"),
        _FOREVER,
        _l("Not erased: these are counts; small ones are hidden on every public page"),
    ),
    DataLine(
        ("receipt_lists", "callbacks", "callback_replies", "complaints"),
        _l("Totals of paper receipt lists, counts of the back-check, complaints in words without names"),
        _l("To check the result against the papers"),
        _l("Front, province and auditor; what the back-check contradicts also those who sign"),
        _FOREVER,
        _NOT_ERASED,
    ),
    DataLine(
        ("public_remarks", "public_remark_answers"),
        _l(
            "Remarks of the public on a consultation and what was answered: text and day, no person and no address; "
            "a text may name somebody by mistake"
        ),
        _l("So that everybody can say what was not right, and is answered"),
        _l("Front, province and auditor; what the Front shows, with its answer: everybody"),
        _l("What is shown: as long as the result. What is not: as long as the raw answers"),
        _l("One text by the Front, by page; all that are not shown with the raw answers of the survey"),
    ),
    DataLine(
        ("postings", "posting_photos"),
        _l("Where the notice of a result hung, from which day to which, who recorded it, and photos of it"),
        _l("To show that villagers could read the result"),
        _STAFF_ALONE,
        _FOREVER,
        _NOT_ERASED,
    ),
    DataLine(
        (
            "surveys",
            "survey_numbers",
            "frames",
            "frame_corrections",
            "sealed_units",
            "village_annulments",
            "household_counts",
        ),
        _l("Surveys, households of each village as a number, and which village was asked again and why"),
        _l("To know how many were to be asked"),
        _l("Officers; dates, contact of the Front and commune figures: everybody"),
        _FOREVER,
        _NOT_ERASED,
    ),
    DataLine(
        ("units", "unit_successions", "instruments", "framework_versions", "year_frameworks"),
        _l("Communes, forms, criteria"),
        _l("To ask and to judge by the rules in force"),
        _l("Officers"),
        _FOREVER,
        _NOT_ERASED,
    ),
    DataLine(
        ("signed_papers",),
        _l("Scans of papers signed by hand, with the names on them, and photos of where notices hang"),
        _l("To show what was signed and that it hung"),
        _l("Front, province and auditor; notices, reports and photos also the other officers"),
        _FOREVER,
        _NOT_ERASED,
    ),
    DataLine(
        ("report_notes",),
        _l("What the commune or its Front wrote in the report of a result, without names"),
        _l("To say what no figure says"),
        _l("Everybody who reads a paper"),
        _FOREVER,
        _NOT_ERASED,
    ),
    DataLine(
        ("pledges",),
        _l("What a commune says it will do after a result, without names"),
        _l("To tell households what follows from their answers"),
        _l("Everybody"),
        _FOREVER,
        _NOT_ERASED,
    ),
    DataLine(
        ("signed_over",),
        _l("What was open when a result was signed, the reason, and the account that gave it"),
        _l("So that nobody signs over an open point in silence"),
        _l("Everybody who reads the minutes"),
        _FOREVER,
        _NOT_ERASED,
    ),
    DataLine(
        ("paper_settings", "notice_counts"),
        _l("Heads, numbers and closing sentences of a province's papers, and who set them last"),
        _l("So that papers look as the Front lays them down"),
        _l("Everybody who reads a paper"),
        _FOREVER,
        _NOT_ERASED,
    ),
    DataLine(
        ("outside_consultations",),
        _l(
            "Consultations held on paper outside: counts, the scan of the minutes, and the account that entered them"
        ),
        _l("To show beside the figures what was asked in another way"),
        _l("Supervisors and the commune"),
        _FOREVER,
        _NOT_ERASED,
    ),
    DataLine(
        ("appraisals",),
        _l("Appraisals of signed results: what was said, the reason, and the account that said it"),
        _l("So that nobody accepts over an open point in silence"),
        _l("Supervisors and the commune"),
        _FOREVER,
        _NOT_ERASED,
    ),
    DataLine(
        ("campaigns", "campaign_deadlines", "campaign_communes"),
        _l("Campaigns of a province: communes, aims and days, and the account that opened them"),
        _l("So that communes know what is asked of them and by when"),
        _l("Officers"),
        _FOREVER,
        _NOT_ERASED,
    ),
    DataLine(
        ("service_ticks", "earlier_recognitions", "it_declarations", "target_terms", "target_figures"),
        _l("Public services of a commune and earlier recognitions"),
        _l("To judge the criterion"),
        _l("Officers"),
        _FOREVER,
        _NOT_ERASED,
    ),
    DataLine(
        ("evidence_files", "declaration_files"),
        _l("Documents that units give as evidence of a figure or a declaration, as they came"),
        _l("So that what is said can be looked up"),
        _l("Officers of the unit; province, its Front, auditor and viewer"),
        _FOREVER,
        _NOT_ERASED,
    ),
    DataLine(
        ("users",),
        _l("Officers: sign-in name, name, office, telephone, digest of the password"),
        _l("So that every act has somebody who answers for it, who can be reached"),
        _l("The officer, and who manages accounts of the unit"),
        _l("As long as the audit log names them by number; a closed account cannot sign in"),
        _l("Not erased; the account is closed"),
    ),
    DataLine(
        ("handovers",),
        _l("Officers: who took over whose work, when, and who handed it over"),
        _l("So that somebody answers for what a predecessor left"),
        _l("The successor, and who manages accounts of the unit"),
        _l("As long as the audit log names them by number"),
        _NOT_ERASED,
    ),
    DataLine(
        ("second_factors", "recovery_codes", "factor_resets"),
        _l("Officers: secret of the second factor, encrypted; digests of recovery codes"),
        _l("To protect accounts"),
        _l("Nobody, by any page; that one is set: who manages accounts"),
        _l("Until the officer sets a new one"),
        _l("Replaced or taken off by two colleagues"),
    ),
    DataLine(
        ("staff_sessions",),
        _l("Officers: since when signed in, without address or device"),
        _l("To end a session from elsewhere"),
        _l("The officer"),
        _l("12 hours at most"),
        _l("By the minute job"),
    ),
    DataLine(
        ("kept_forms",),
        _l(
            "Officers: a form that could not be saved, encrypted under a key of their own browser; no password, no file"
        ),
        _l("That nothing typed is lost when a session ends"),
        _l("The officer who typed it, in the browser in which it was typed"),
        _l("One day at most"),
        _l("By the minute job; sooner when it is sent or thrown away"),
    ),
    DataLine(
        ("invitations",),
        _l("Officers: digests of invitation links"),
        _l("To choose the first password"),
        _l("Nobody, by any page"),
        _l("As many months as the operator configured"),
        _l("By the operator of the server, with the answers that are due"),
    ),
    DataLine(
        ("throttle_failures",),
        _l("Keyed digests of network addresses and names after a failure, by the minute"),
        _l("To slow down guessing"),
        _l("Nobody, by any page"),
        _l("One hour; the key changes every day"),
        _l("By the minute job"),
    ),
    DataLine(
        ("job_runs", "clock_readings", "due_acts", "erasing_tries", "refused_seals", "recounts"),
        _l(
            "When each job of the server last worked and failed, its clock, and what was due on one day; nothing "
            "about people"
        ),
        _l("To see that the server does its work"),
        _l("The operator"),
        _l("Until the next minute overwrites it"),
        _l("By the minute job"),
    ),
    DataLine(
        ("key_marks",),
        _l("What tells the keys of the server from any others, without telling them; nothing about people"),
        _l("So that a missing or exchanged key is noticed before it is used"),
        _l("Nobody, by any page"),
        _FOREVER,
        _l("Not erased: earlier seals are checked by it"),
    ),
    DataLine(
        ("approvals", "audit_events", "audit_chain"),
        _l("Acts of officers and operators, by number of the account; no answer, code or address"),
        _l("So that acts can be traced and none can be denied"),
        _l("Auditor, province and province Front; a request: the bodies that decide on it"),
        _FOREVER,
        _l("Not erased: the chain would break"),
    ),
    DataLine(
        ("deputyships", "deputised_acts"),
        _l("Officers: who signed in whose place, on which days and why"),
        _l("So that lists and papers name who answers for an act"),
        _l("The two officers; on acts they took: the bodies that decide"),
        _FOREVER,
        _NOT_ERASED,
    ),
    DataLine(
        ("paper_signatures",),
        _l("Scans of decisions signed by hand, with the signer's name; only where the operator allows paper"),
        _l("To show that a body decided"),
        _l("The bodies that decide and the auditor, in their area; each download is noted"),
        _l("As long as the papers of the survey are kept"),
        _l("Not erased by the system"),
    ),
    DataLine(
        ("data_requests", "data_request_answers"),
        _l("Requests on personal data: a reference, the kind, the answer"),
        _l("To answer in time and to show it"),
        _l("Front and province, in their area"),
        _l("As long as answering must be shown"),
        _l("Not erased by the system; it needs no name"),
    ),
    DataLine(
        (),
        _l("Peppers of surveys, signing key, session secret"),
        _l("To make codes, signatures and sessions"),
        _l("Nobody, by any page"),
        _l("A pepper: until acceptance or 180 days, at least 30 days; the others as long as the server runs"),
        _l("Peppers by the minute job, noted; copies in backups by the operator"),
        place=_l("Files beside the database (key_dir), never in its backups"),
    ),
    DataLine(
        (),
        _l("The used code in the browser's history, and the receipt if somebody kept it; no answer"),
        _l("To check that the answer was counted"),
        _l("Who holds the phone"),
        _l("As long as its owner wants"),
        _l("By the owner, who clears the history"),
        place=_l("The phone of the person who answers"),
    ),
    DataLine(
        (),
        _l("Code, answers and ticket of a slip, until it is sent"),
        _l("So that nothing is lost where there is no signal"),
        _l("Who holds the phone"),
        _l(
            "Answers that were not sent: a day; a slip that was sent off: until the server has it or it is deleted"
        ),
        _l("By the page when the receipt is there; by its owner, with “Delete from this phone”"),
        place=_l("The phone of the person who answers, in the browser's storage"),
    ),
    DataLine(
        (),
        _l("Which page was asked for, its status and size, by the minute; no address, device or code"),
        _l("To see that the server works"),
        _l("The operator"),
        _l("As the operator's system rotates its logs"),
        _l("By the rotation of logs"),
        place=_l("Logs of the web server"),
    ),
    DataLine(
        (),
        _l("Copies of the database"),
        _l("To restore after a failure"),
        _l("The operator"),
        _l("35 days at most; what was removed here stays in them until then"),
        _l("By the operator, by deleting old copies"),
        place=_l("Backups and write-ahead archives, encrypted"),
    ),
)
