"""A furnished site for the browser: what everybody remembers, and the paths of what they made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.browser.walker import Walker

#: e-mail address and password by role
Logins = dict[str, tuple[str, str]]


@dataclass(frozen=True)
class House:
    """A furnished site: where it is, what everybody's browser remembers, and the paths of what they made."""

    address: str
    #: by who it is: "visitor", "guest", or a role of the sample
    remembers: dict[str, Any]
    open_check: str
    finished_check: str
    thin_check: str
    owners_check: str
    organization: str
    record: str
    #: what the sample's assessor works on, and what waits for an assessor
    validation: str
    queued: str
    #: the questions of a colleague, and the guest's check in which that colleague and the guest differ
    colleague: str
    differing: str
    #: the check that the sample's adviser began for a client
    client: str

    @classmethod
    def furnish(cls, address: str, logins: Logins) -> House:
        """Walk the site once as a guest, and sign in the others."""
        guest = Walker(address)
        open_check = _path(guest.start())
        guest.answer_page()
        finished_check = _path(guest.start())
        guest.answer_all()
        guest.submit()
        thin_check = _path(guest.start())
        guest.answer_page()
        guest.go(f"/en{thin_check}goals/")
        guest.submit()
        guest.go("/en/knowledge/?q=machine+vision")
        record = _path(guest.link("//main//*[contains(@class, 'cards')]//h3//a"))
        differing = _path(guest.start())
        guest.answer_all(1)
        colleague = Walker(address)
        place = _path(colleague.come_in(guest.invite(f"/en{differing}")))
        colleague.answer_place(3)
        people = {"guest": guest, "colleague": colleague}
        for role in ("owner", "adviser", "assessor", "secretariat"):
            people[role] = Walker(address)
            people[role].sign_in(*logins[role])
        mine = "//main//*[contains(@class, 'card')]//a[contains(@href, '/{}/')]"
        owners_check, organization = (
            _path(people["owner"].link(mine.format(part))) for part in ("readiness/a", "organizations")
        )
        client = _path(people["adviser"].begin_for_client())
        people["assessor"].go("/en/readiness/validations/")
        people["secretariat"].go("/en/readiness/queue/")
        return cls(
            address=address,
            remembers={"visitor": None} | {who: one.remembered() for who, one in people.items()},
            open_check=open_check,
            finished_check=finished_check,
            thin_check=thin_check,
            owners_check=owners_check,
            organization=organization,
            record=record,
            validation=_path(people["assessor"].link("//main//th//a")),
            queued=_path(people["secretariat"].link("//main//td//a")),
            colleague=place,
            differing=differing,
            client=client,
        )


def _path(url: str) -> str:
    """Return the path of an address without host and language."""
    return "/" + urlsplit(url).path.split("/", 2)[2]
