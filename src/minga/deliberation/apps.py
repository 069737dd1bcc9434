"""The card of deliberation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from minga.web.rooms import MenuEntry, Processing, RetentionJob, Room


class DeliberationConfig(Room):
    """Consultations: voices, conversations, answers, drafts and what follows from them."""

    default = True
    name = "minga.deliberation"
    label = "deliberation"
    verbose_name = _("Consultations")
    default_auto_field = "django.db.models.BigAutoField"
    api_scopes = ("read", "write")
    menu = (MenuEntry(_("Consultations"), "deliberation:list", order=30),)
    export_person = "minga.deliberation.services.privacy.export_person"
    erase_person = "minga.deliberation.services.privacy.erase_person"
    load_sample = "minga.deliberation.sample.load_sample"
    retention = (
        RetentionJob("senders of closed consultations", "minga.deliberation.services.keeping.forget_senders"),
        RetentionJob("uploads that nobody decided about", "minga.deliberation.services.intake.forget_uploads"),
        RetentionJob("files of sources without an entry", "minga.deliberation.services.keeping.delete_orphans"),
        RetentionJob(
            "participants of closed conversations", "minga.deliberation.services.participants.forget_participants"
        ),
    )
    processing = (
        Processing(
            record=_(
                "Voices: what people sent, as it came and point by point; name, organization and address if given"
            ),
            purpose=_("Hearing everybody on a question, answering each voice, and showing what it changed"),
            lawful_basis=_("Consent of the sender to be heard; taken back at any time with the code of the receipt"),
            retention=_(
                "Words as long as the consultation, since its answers rest on them. Names and addresses until the days "
                "after its closing that this site sets. Words taken back are deleted at once"
            ),
            seen_by=_("The team of the consultation; the words alone everyone, if the sender agreed"),
        ),
        Processing(
            record=_("What senders and participants say of themselves: gender, region, kind and size of organization"),
            purpose=_("Seeing whether everybody was heard, and whether their voices were answered alike"),
            lawful_basis=_("Consent: every field may be left empty"),
            retention=_("As long as the voice; in a conversation until the way to the place in it is cut"),
            seen_by=_("The team; everyone as counts of five people and more"),
        ),
        Processing(
            record=_("Conversations: a random sign, votes in their order, statements added"),
            purpose=_("Showing where people stand, without knowing who they are"),
            lawful_basis=_("Consent by taking part; votes can be changed and taken back"),
            retention=_(
                "As long as the conversation, under the random sign; whoever took part can delete it. After the end, "
                "once the days that this site sets have passed, no cookie and no account leads to it any more"
            ),
            seen_by=_(
                "Everyone as a report of groups of five people and more; votes under the random sign in the data of a "
                "closed conversation. Nobody sees whose they are"
            ),
        ),
        Processing(
            record=_("Decisions of moderators with their reasons; flags on votes that stand out, and bans"),
            purpose=_("Keeping conversations fair, and letting everyone check how they are moderated"),
            lawful_basis=_("Legitimate interest of whoever asks, and of those who take part, in a fair conversation"),
            retention=_("As long as the conversation; flags and bans until the participant deletes the own trace"),
            seen_by=_("Moderators. Everyone reads decisions and reasons, not who decided, nor about whom"),
        ),
        Processing(
            record=_("Receipts: a fingerprint of the code that was shown after sending"),
            purpose=_("Letting a sender follow the own words to their answer, without an account"),
            lawful_basis=_("Contract: you sent something and want to see what becomes of it"),
            retention=_("As long as the voice"),
            seen_by=_("Nobody: the code itself is not stored"),
        ),
        Processing(
            record=_("Comments on clauses of a draft, and words that readers propose for them"),
            purpose=_("Writing a better text, and showing which words came from whom: a voice, not a name"),
            lawful_basis=_("Consent, given by sending; it can be taken back with the code"),
            retention=_("As long as the draft, unless the sender takes the words back"),
            seen_by=_("The team; everyone after somebody looked at them, without a name"),
        ),
        Processing(
            record=_("Team of a consultation: who works on it, with which task and since when"),
            purpose=_("Letting only those moderate, sort, answer and write who were asked to"),
            lawful_basis=_("Legitimate interest of whoever asks; part of the work"),
            retention=_("Until the task ends; that it began and ended stays in the audit trail under a random sign"),
            seen_by=_("Who leads the consultation, and the secretariat"),
        ),
        Processing(
            record=_("Work on answers, drafts and commitments: what was done and when, under a random sign"),
            purpose=_("Answering for what was published, and letting two people look where two must"),
            lawful_basis=_("Legitimate interest of whoever asks; part of the work"),
            retention=_("As long as the consultation; once the account is erased, the sign leads to nobody"),
            seen_by=_("Nobody by name; what was published, answered or reported everyone"),
        ),
        Processing(
            record=_("How often an address posts in a consultation, under a keyed fingerprint"),
            purpose=_("Keeping conversations and forms from being flooded"),
            lawful_basis=_("Legitimate interest in security"),
            retention=_("At most one hour"),
            seen_by=_("Nobody"),
        ),
    )

    def ready(self) -> None:
        """Tell the search index where consultations come from."""
        super().ready()
        from minga.deliberation.selectors import finding
        from minga.web import search

        search.register(finding.KIND, finding.search_documents)
