"""Pages of members: find, build, show; the rules live in services and rules."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from minga.members import selectors, services
from minga.members.engine import vocabulary
from minga.members.engine.errors import MembersError
from minga.members.forms import (
    CodeForm,
    DeleteOrganizationForm,
    EraseForm,
    GrantForm,
    InvitationForm,
    OrganizationForm,
    PersonForm,
    country_choices,
)
from minga.members.models import Account, Consent, Mandate, Organization, Person
from minga.web.ratelimit import limited

_FORM = require_http_methods(["GET", "HEAD", "POST"])


def _person(request: HttpRequest) -> Person:
    return selectors.person_of(request.user) or services.person_for(request.user)


def _page(request: HttpRequest, rows: QuerySet, size: int) -> Page:
    return Paginator(rows, size).get_page(request.GET.get("page"))


def _asked(request: HttpRequest, name: str) -> str:
    """A field of a GET form. PostgreSQL cannot compare with the character NUL, and nobody types it."""
    return request.GET.get(name, "").replace("\x00", "")


def _visible_organization(request: HttpRequest, mark: UUID) -> Organization:
    # Whoever may not see it gets the same answer as for one that does not exist.
    return get_object_or_404(selectors.organizations_visible_to(request.user), mark=mark)


def _own_organization(request: HttpRequest, mark: UUID) -> Organization:
    organization = _visible_organization(request, mark)
    if not request.user.has_perm("members.change_organization", organization):
        raise PermissionDenied
    return organization


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The room's address leads to the directory."""
    return redirect("members:directory")


@require_GET
def directory(request: HttpRequest) -> HttpResponse:
    """Organizations that agreed to be listed."""
    found = selectors.search_directory(
        words=_asked(request, "q"), country=_asked(request, "country"), type=_asked(request, "type")
    )
    present = set(selectors.listed_organizations().order_by().values_list("country", flat=True))
    context = {
        "page": _page(request, found, 30),
        "q": _asked(request, "q"),
        "chosen_country": _asked(request, "country"),
        "chosen_type": _asked(request, "type"),
        "countries": [pair for pair in country_choices() if pair[0] in present],
        "types": Organization.Type.choices,
    }
    return render(request, "members/directory.html", context)


@require_GET
@never_cache
@login_required
def me(request: HttpRequest) -> HttpResponse:
    """My roles, organizations, consents and data."""
    person = _person(request)
    mandates = list(selectors.mandates_of(person))
    consents = list(selectors.consents_of(person))
    context = {
        "person": person,
        "mandates": mandates,
        "organizations": selectors.organizations_of(person),
        "consents": selectors.with_names(consents),
        "is_secretariat": any(one.role == Mandate.Role.SECRETARIAT for one in mandates),
        "has_second_factor": selectors.has_second_factor(request.user),
    }
    return render(request, "members/me.html", context)


@_FORM
@never_cache
@login_required
def edit_me(request: HttpRequest) -> HttpResponse:
    """My name and languages."""
    person = _person(request)
    form = PersonForm(request.POST or None, initial={"name": person.name, "languages": person.languages})
    if request.method == "POST" and form.is_valid():
        services.edit_person(person=person, **form.cleaned_data)
        messages.success(request, _("Your name and languages are saved."))
        return redirect("members:me")
    return render(request, "members/edit_me.html", {"form": form})


@require_POST
@never_cache
@login_required
def export_me(request: HttpRequest) -> HttpResponse:
    """Everything the site stores about me, as one file."""
    data = services.export_person(_person(request))
    response = JsonResponse(data, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@limited("members:erase", times=10, seconds=3600)
@_FORM
@never_cache
@login_required
def erase_me(request: HttpRequest) -> HttpResponse:
    """Erase me, once I have read what is lost and typed my password."""
    person = _person(request)
    form = EraseForm(request.POST or None, account=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            services.erase_person(person)
        except MembersError:
            form.add_error(None, _("You are the last member of the secretariat. Give the role to somebody else first."))
        else:
            logout(request)
            messages.success(request, _("Your account and what belonged to you are erased."))
            return redirect("home")
    context = {"form": form, "sole_owner_of": selectors.organizations_without_another_owner(person)}
    return render(request, "members/erase_me.html", context)


@require_POST
@login_required
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one of my consents back."""
    consent = get_object_or_404(Consent, pk=pk, person__account=request.user, revoked_at=None)
    services.revoke_consent(scope=consent.scope, object=consent.object, person=consent.person)
    messages.success(request, _("Your consent is taken back. From now on the data is not used for this."))
    return redirect("members:me")


@limited("members:join", times=20, seconds=3600)
@_FORM
@never_cache
@login_required
def join(request: HttpRequest) -> HttpResponse:
    """Use a code that an organization gave me."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            mandate = services.accept_invitation(code=form.cleaned_data["code"], by=_person(request))
        except MembersError:
            form.add_error(
                "code",
                _(
                    "This code opens nothing: it is mistyped, used already or too old. "
                    "Check it letter by letter, or ask for a new one."
                ),
            )
        else:
            words = {"organization": mandate.organization, "role": mandate.get_role_display()}
            messages.success(request, _("You now have the role %(role)s in %(organization)s.") % words)
            return redirect("members:organization", mark=mandate.organization.mark)
    return render(request, "members/join.html", {"form": form})


@_FORM
@never_cache
@login_required
def new_organization(request: HttpRequest) -> HttpResponse:
    """Begin an organization that I own."""
    form = OrganizationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        organization = services.create_organization(by=_person(request), **form.cleaned_data)
        messages.success(request, _("%(name)s is set up, and you are its owner.") % {"name": organization.name})
        return redirect("members:organization", mark=organization.mark)
    return render(request, "members/edit_organization.html", {"form": form, "organization": None})


@require_GET
@never_cache
def organization(request: HttpRequest, mark: UUID) -> HttpResponse:
    """What an organization says about itself; for its people also who does what."""
    found = _visible_organization(request, mark)
    may_change = request.user.has_perm("members.change_organization", found)
    person = selectors.person_of(request.user)
    belongs = person is not None and selectors.organizations_of(person).filter(pk=found.pk).exists()
    context = {
        "organization": found,
        "sector": vocabulary.sector(found.sector) if found.sector else None,
        "country": vocabulary.country(found.country),
        "may_change": may_change,
        "belongs": belongs,
        "is_listed": selectors.is_listed(found),
        "people": selectors.people_of(found) if may_change or belongs else None,
        "invitations": selectors.open_invitations(found) if may_change else None,
        "invitation_form": InvitationForm() if may_change else None,
    }
    return render(request, "members/organization.html", context)


@_FORM
@never_cache
@login_required
def edit_organization(request: HttpRequest, mark: UUID) -> HttpResponse:
    """Change what my organization says about itself."""
    found = _own_organization(request, mark)
    form = OrganizationForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        stored = Organization.objects.get(pk=found.pk)
        services.edit_organization(organization=stored, by=_person(request), **form.cleaned_data)
        messages.success(request, _("The organization's details are saved."))
        return redirect("members:organization", mark=mark)
    return render(request, "members/edit_organization.html", {"form": form, "organization": found})


@require_POST
@login_required
def listing(request: HttpRequest, mark: UUID) -> HttpResponse:
    """List my organization in the directory, or take it out."""
    found = _own_organization(request, mark)
    listed = request.POST.get("listed") == "yes"
    services.list_in_directory(organization=found, by=_person(request), listed=listed)
    messages.success(
        request,
        _("The organization is listed in the directory.") if listed else _("The organization is no longer listed."),
    )
    return redirect("members:organization", mark=mark)


@require_POST
@never_cache
@login_required
def new_code(request: HttpRequest, mark: UUID) -> HttpResponse:
    """Make a code for a colleague, adviser or assessor; it is shown this once."""
    found = _own_organization(request, mark)
    form = InvitationForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose the role that the code shall give."))
        return redirect("members:organization", mark=mark)
    role = form.cleaned_data["role"]
    code = services.invite(organization=found, role=role, by=_person(request))
    context = {
        "organization": found,
        "code": code,
        "role": Mandate.Role(role).label,
        "days": services.INVITATION_DAYS,
    }
    return render(request, "members/new_code.html", context)


@require_POST
@login_required
def leave(request: HttpRequest, mark: UUID) -> HttpResponse:
    """Leave an organization."""
    found = _visible_organization(request, mark)
    try:
        services.leave(person=_person(request), organization=found)
    except MembersError:
        messages.error(request, _("You are its last owner. Make somebody else an owner first."))
        return redirect("members:organization", mark=mark)
    messages.success(request, _("You no longer belong to %(organization)s.") % {"organization": found})
    return redirect("members:me")


@_FORM
@never_cache
@login_required
def delete_organization(request: HttpRequest, mark: UUID) -> HttpResponse:
    """Delete my organization, once I have read what is lost and typed its name."""
    found = _own_organization(request, mark)
    form = DeleteOrganizationForm(request.POST or None, organization=found)
    if request.method == "POST" and form.is_valid():
        services.delete_organization(organization=found, by=_person(request))
        messages.success(request, _("%(name)s is deleted.") % {"name": found.name})
        return redirect("members:me")
    return render(request, "members/delete_organization.html", {"form": form, "organization": found})


@require_POST
@login_required
def end_mandate(request: HttpRequest, pk: int) -> HttpResponse:
    """End somebody's role: owners in their organization, the secretariat anywhere."""
    mandate = get_object_or_404(selectors.running_mandates().select_related("organization", "body", "person"), pk=pk)
    if not request.user.has_perm("members.end_mandate", mandate):
        raise Http404
    back = redirect("members:roles")
    if mandate.organization:
        back = redirect("members:organization", mark=mandate.organization.mark)
    try:
        services.end_mandate(mandate=mandate, by=_person(request))
    except MembersError:
        messages.error(request, _("Nobody else holds this role here. Give it to somebody else first."))
    else:
        messages.success(request, _("The role has ended."))
    return back


@_FORM
@never_cache
@login_required
def roles(request: HttpRequest) -> HttpResponse:
    """Roles in the bodies of the alliance, for the secretariat."""
    if not request.user.has_perm("members.view_trail"):
        raise PermissionDenied
    form = GrantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        account = Account.objects.get(email__iexact=form.cleaned_data["email"])
        try:
            services.grant_in_alliance(
                person=services.person_for(account),
                role=form.cleaned_data["role"],
                ends_on=form.cleaned_data["ends_on"],
                by=_person(request),
            )
        except MembersError:
            form.add_error("ends_on", _("The last day lies in the past. Choose today or a later day."))
        else:
            messages.success(request, _("The role is given."))
            return redirect("members:roles")
    context = {"form": form, "mandates": selectors.mandates_in_bodies()}
    return render(request, "members/roles.html", context)


@require_GET
@never_cache
@login_required
def trail(request: HttpRequest) -> HttpResponse:
    """The audit trail, for the secretariat; `?check=1` checks it."""
    if not request.user.has_perm("members.view_trail"):
        raise PermissionDenied
    report = services.verify_audit() if request.GET.get("check") else None
    return render(request, "members/trail.html", {"page": _page(request, selectors.acts(), 50), "report": report})


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """What every room stores, why, for how long and who sees it."""
    return render(request, "members/privacy.html")
