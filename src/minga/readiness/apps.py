"""The card of readiness."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from minga.web.rooms import MenuEntry, Processing, RetentionJob, Room


class ReadinessConfig(Room):
    """Instruments, assessments, reports."""

    default = True
    name = "minga.readiness"
    label = "readiness"
    verbose_name = _("Check my business")
    default_auto_field = "django.db.models.BigAutoField"
    api_scopes = ("read", "write")
    menu = (MenuEntry(_("Check my business"), "readiness:start", order=10),)
    retention = (
        RetentionJob("unclaimed assessments", "minga.readiness.services.delete_unclaimed"),
        RetentionJob("old evidence", "minga.readiness.services.delete_old_evidence"),
        RetentionJob("validity under an older questionnaire", "minga.readiness.services.end_outdated"),
        RetentionJob("files of evidence without an entry", "minga.readiness.services.delete_orphans"),
        RetentionJob("old panels, and people in published ones", "minga.readiness.services.tidy_panels"),
    )
    export_person = "minga.readiness.services.export_person"
    erase_person = "minga.readiness.services.erase_person"
    load_sample = "minga.readiness.sample.load_sample"
    processing = (
        Processing(
            record=_(
                "Assessment: sector, country, size, location if said, goals, answers with notes and their history, "
                "scores"
            ),
            purpose=_("Showing a business where it stands and what to do first"),
            lawful_basis=_("Contract: you asked for the report"),
            retention=_(
                "Without an account: until the retention time after the last answer, which the pages state. "
                "With an account: until you delete it or erase the account"
            ),
            seen_by=_(
                "Whoever holds its key or code; the account that claimed it; owners and respondents of its organization"
            ),
        ),
        Processing(
            record=_("Keys of an assessment without an account: fingerprints of cookie, code and link"),
            purpose=_("Opening the assessment again, on this or another device"),
            lawful_basis=_("Strictly necessary for the service; no tracking, no third party"),
            retention=_("As long as the assessment; a code or link until it is replaced or the assessment is claimed"),
            seen_by=_("Nobody: the code itself is not stored"),
        ),
        Processing(
            record=_("Evidence: photos without place and time, documents, a caption"),
            purpose=_("Letting an assessor see what an answer rests on"),
            lawful_basis=_("Contract: you asked for a validation, or prepare one"),
            retention=_(
                "180 days, or what this site sets, after the validation is done; without one, after the submission or "
                "the last answer. Or until you delete it, the check or the account"
            ),
            seen_by=_(
                "Owners of the check; whoever sent it; the assessor, after declaring to have no conflict of interest "
                "and until the validation is done"
            ),
        ),
        Processing(
            record=_("Validation: who asked, the assessor, the word on conflicts of interest, levels, comments, visit"),
            purpose=_("Letting somebody independent check a result"),
            lawful_basis=_("Contract: you asked for it"),
            retention=_("As long as the check; the assessor’s name until the assessor’s account is erased"),
            seen_by=_(
                "Owners of the check, without the assessor’s name; the assessor; the secretariat, without answers, "
                "levels and evidence"
            ),
        ),
        Processing(
            record=_(
                "Answers given elsewhere: who stored them, how the business agreed, the file’s or submission’s mark"
            ),
            purpose=_("Letting businesses take part on paper, in a spreadsheet or with a form for telephones"),
            lawful_basis=_("Consent of the business, given face to face, on the telephone or in writing"),
            retention=_("As long as the assessment; nothing of the file itself is kept"),
            seen_by=_("Whoever may open the assessment; that it was imported, the secretariat in the audit trail"),
        ),
        Processing(
            record=_(
                "Colleagues who were asked: role and number, no name; answers with notes and their history; the account "
                "if a colleague keeps the questions there"
            ),
            purpose=_("Hearing those who do the work, not the owner alone"),
            lawful_basis=_("Legitimate interest of the business in a true picture; nobody has to answer"),
            retention=_(
                "As long as the assessment; until the colleague deletes them or the owner takes the invitation back, "
                "as long as the check is open"
            ),
            seen_by=_(
                "The colleague. The owner sees who has finished and, when all have, the levels side by side without "
                "names; with few colleagues they can be guessed. Notes and reasons nobody else sees"
            ),
        ),
        Processing(
            record=_("E-mail address to which an invitation is sent"),
            purpose=_("Sending the invitation once"),
            lawful_basis=_("Legitimate interest of the business in reaching its colleague"),
            retention=_("Not stored"),
            seen_by=_("Nobody after sending; the mail server on the way"),
        ),
        Processing(
            record=_("Levels that people agreed on, with the reason and who recorded them"),
            purpose=_("One result where people differed, and why"),
            lawful_basis=_("Contract: part of the report"),
            retention=_("As long as the assessment; who recorded it until that account is erased"),
            seen_by=_("Whoever may read the report"),
        ),
        Processing(
            record=_("Advisers who are let in: by which consent, given how and when, to do what, until when"),
            purpose=_("Letting an adviser read along, or write answers down for a business"),
            lawful_basis=_(
                "Consent of the business, online, face to face, on the telephone or in writing; taken back at "
                "any time, and it ends at once"
            ),
            retention=_(
                "As long as the assessment or the adviser’s account. A check without an account is kept while its "
                "adviser is let in, and the retention time runs from the end of that"
            ),
            seen_by=_("Whoever decides about the check; the adviser"),
        ),
        Processing(
            record=_("Scores lent to groups of peers"),
            purpose=_("Showing businesses how comparable ones stand, in groups of ten or more"),
            lawful_basis=_("Consent, off by default, taken back at any time"),
            retention=_("Until consent is taken back or the assessment is deleted"),
            seen_by=_("Nobody one by one; everyone as a figure of a group"),
        ),
        Processing(
            record=_(
                "Place in a panel: group, woman or man if said, levels with reasons in two rounds and their history, "
                "keys as fingerprints"
            ),
            purpose=_("Saying where a sector or a place stands, as seven to fifteen people see it"),
            lawful_basis=_(
                "Consent: you answer by invitation, and say yourself whether you are counted in the composition; "
                "taken back at any time, and your answers leave"
            ),
            retention=_(
                "An unpublished panel until the retention time after its last step. After that time a published one "
                "keeps levels and groups alone, without accounts, keys, reasons or history"
            ),
            seen_by=_(
                "You; after the first round the panel and whoever runs it see levels and reasons without names; "
                "everyone sees figures of five people and more"
            ),
        ),
        Processing(
            record=_("How often an address posts, under a keyed fingerprint"),
            purpose=_("Keeping codes from being guessed and the site from being flooded"),
            lawful_basis=_("Legitimate interest in security"),
            retention=_("At most one hour"),
            seen_by=_("Nobody"),
        ),
    )
