"""The card of members."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from minga.web.rooms import MenuEntry, Processing, RetentionJob, Room


class MembersConfig(Room):
    """People, organizations, mandates, consents, audit trail."""

    name = "minga.members"
    label = "members"
    verbose_name = _("Members")
    menu = (MenuEntry(label=_("The alliance"), url_name="members:directory", order=50),)
    api_scopes = ("read",)
    export_person = "minga.members.services.export_own"
    erase_person = "minga.members.services.erase_own"
    retention = (
        RetentionJob("unconfirmed accounts", "minga.members.services.delete_unconfirmed_accounts"),
        RetentionJob("old consents", "minga.members.services.delete_old_consents"),
        RetentionJob("expired invitations", "minga.members.services.delete_expired_invitations"),
        RetentionJob("ended API tokens", "minga.members.services.delete_ended_tokens"),
        RetentionJob("expired sessions", "minga.members.services.delete_expired_sessions"),
    )
    processing = (
        Processing(
            record=_("Account: e-mail address and password (kept only as a hash)"),
            purpose=_("Signing in and getting the messages you ask for"),
            lawful_basis=_("Contract: you asked for an account"),
            retention=_("Until you erase it; 30 days if the address is never confirmed"),
            seen_by=_("You and the secretariat"),
        ),
        Processing(
            record=_(
                "Second step: secret of your app and of your recovery codes (encrypted), public half of a passkey"
            ),
            purpose=_("Keeping others out of your account even if they know your password"),
            lawful_basis=_("Contract; legitimate interest where your role demands it"),
            retention=_("Until you remove it or erase your account"),
            seen_by=_("Nobody; the secretariat can take it away when you lost it"),
        ),
        Processing(
            record=_("Sign-in provider: the number by which it knows you"),
            purpose=_("Signing in without a further password, where the site offers it"),
            lawful_basis=_("Contract: you chose to sign in that way"),
            retention=_("Until you part your account from it or erase your account"),
            seen_by=_("You"),
        ),
        Processing(
            record=_("API tokens: name, what each may do, last day, last day of use (the token only as a hash)"),
            purpose=_("Letting your programs work for you"),
            lawful_basis=_("Contract: you made the token"),
            retention=_("Until you revoke it, at the latest 30 days after its last day"),
            seen_by=_("You"),
        ),
        Processing(
            record=_("Person: name, languages, functions and roles in organizations and bodies"),
            purpose=_("Knowing who may see and do what"),
            lawful_basis=_("Contract; for mandates in bodies of the alliance, legitimate interest"),
            retention=_("Until you erase it"),
            seen_by=_("You, the owners of your organizations and the secretariat"),
        ),
        Processing(
            record=_(
                "Organization: name, type, country, sector, size, languages, own declaration on leadership by women"
            ),
            purpose=_("Fitting questions, help and comparison to the organization"),
            lawful_basis=_("Contract; a listing in the directory needs consent"),
            retention=_("Until its owner or the secretariat deletes it"),
            seen_by=_("Its people and the secretariat; everyone once its owner consents to a listing"),
        ),
        Processing(
            record=_("Competence of assessors and advisers: field, sectors, what shows it, until when"),
            purpose=_("Asking only those to assess who know the work"),
            lawful_basis=_("Legitimate interest of the alliance and of those who are assessed"),
            retention=_("Until the secretariat takes it back, or you erase your account"),
            seen_by=_("You and the secretariat"),
        ),
        Processing(
            record=_("Consents: what, when, in which words, and when taken back"),
            purpose=_("Showing that something was done with your agreement"),
            lawful_basis=_("Legal obligation to be able to show consent"),
            retention=_("Three years after a consent was taken back, or until you erase your account"),
            seen_by=_("You and the secretariat"),
        ),
        Processing(
            record=_("Audit trail: which administrative act was done when, under a random mark instead of a name"),
            purpose=_("Showing that roles, publications, exports and deletions were done by those entitled to"),
            lawful_basis=_("Legitimate interest in accountability"),
            retention=_("As long as the site exists; once a person is erased, the mark points to nobody"),
            seen_by=_("The secretariat"),
        ),
        Processing(
            record=_("Session cookie, security cookie and language choice"),
            purpose=_("Keeping you signed in and forms safe"),
            lawful_basis=_("Strictly necessary for the service; no tracking, no third party"),
            retention=_("Two weeks after your last visit; when you sign out, at once"),
            seen_by=_("Nobody"),
        ),
    )

    def ready(self) -> None:
        """Also listen for a second step that was set up."""
        super().ready()
        from minga.members import receivers  # noqa: F401 - importing it is what connects it
