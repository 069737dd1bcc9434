"""Editions: two people publish, nothing published changes, what is withdrawn says so."""

from __future__ import annotations

import polars as pl
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from minga.indicators import report, selectors, services, triggers
from minga.indicators.engine.errors import IndicatorsError
from minga.indicators.models import Edition
from minga.indicators.tests import site
from minga.members import selectors as people
from minga.members import services as members

pytestmark = [pytest.mark.page, pytest.mark.django_db]

PAGES = ("", "audit/", "compare/", "what-if/", "scores.csv", "data.csv", "edition.json", "definition.toml", "TN/",
         "TN/people/", "TN/people/figure.json")  # fmt: skip


def address(edition, page=""):
    return f"/en/indicators/{edition.index.slug}/{edition.name}/{page}"


def test_draft_is_seen_by_the_secretariat_alone(client, elif_):
    edition = site.drafted(elif_)
    stranger = members.create_account(email="amina@bakery.example", password="a long enough password")
    outside = site.Client()
    outside.force_login(stranger, backend="allauth.account.auth_backends.AuthenticationBackend")
    inside = site.browser(elif_)
    for page in PAGES:
        assert client.get(address(edition, page)).status_code == 404, page
        assert outside.get(address(edition, page)).status_code == 404, page
        assert inside.get(address(edition, page)).status_code == 200, page
    assert client.get("/api/v1/indicators/indexes").json() == []
    assert client.get(f"/api/v1/indicators/editions/{edition.name}").status_code == 404
    assert edition.name not in client.get("/en/indicators/").content.decode()


def test_nobody_publishes_what_they_proposed(elif_, noor):
    edition = site.drafted(elif_)
    with pytest.raises(IndicatorsError, match="this needs one that is proposed"):
        services.publish(edition=edition, by=noor)
    services.propose(edition=edition, by=elif_)
    with pytest.raises(IndicatorsError, match="Ask a second person"):
        services.publish(edition=edition, by=elif_)
    assert Edition.objects.get().state == "proposed"
    assert services.publish(edition=edition, by=noor).state == "published"


def test_database_itself_asks_for_two_people(elif_, noor):
    edition = site.drafted(elif_)
    services.propose(edition=edition, by=elif_)
    table = Edition._meta.db_table
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET state = 'published', approved_by_mark = proposed_by_mark")


def test_others_than_the_secretariat_change_nothing(elif_):
    account = members.create_account(email="amina@bakery.example", password="a long enough password")
    amina = members.person_for(account)
    edition = site.drafted(elif_)
    for act in (
        lambda: services.propose(edition=edition, by=amina),
        lambda: services.publish(edition=edition, by=amina),
        lambda: services.delete_draft(edition=edition, by=amina),
        lambda: site.begun(amina, "another"),
        lambda: services.rebuild(kind="readiness", units="country", by=amina, is_sample=False),
    ):
        with pytest.raises(IndicatorsError, match="Only people of the secretariat"):
            act()
    assert Edition.objects.get().state == "draft"


@pytest.mark.parametrize(
    ("field", "value"),
    [("definition", "[index]\n"), ("data", {"columns": [], "rows": []}), ("results", {}), ("name", "other-2026.1"),
     ("note", "mended"), ("approved_by_mark", "person:0")],
)  # fmt: skip
def test_published_content_cannot_be_saved_over(elif_, noor, field, value):
    edition = site.published(elif_, noor)
    setattr(edition, field, value)
    with pytest.raises(IndicatorsError, match="is published, so nothing was changed"):
        edition.save()
    assert getattr(Edition.objects.get(), field) != value


def test_published_edition_cannot_be_deleted_or_changed_in_bulk(elif_, noor):
    edition = site.published(elif_, noor)
    with pytest.raises(IndicatorsError):
        edition.delete()
    with pytest.raises(IndicatorsError):
        Edition.objects.all().delete()
    with pytest.raises(IndicatorsError):
        Edition.objects.update(note="mended")
    edition.state = "draft"
    with pytest.raises(IndicatorsError):
        edition.save()
    with pytest.raises(IndicatorsError):
        services.change_draft(edition=edition, by=elif_, table=site.TABLE)
    with pytest.raises(IndicatorsError):
        services.calculate(edition=Edition.objects.get())
    assert Edition.objects.get().state == "published"


def test_content_changed_behind_the_sites_back_is_noticed(client, elif_, noor):
    edition = site.published(elif_, noor)
    assert services.intact(Edition.objects.get()) == []
    triggers.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {Edition._meta.db_table} SET definition = definition || ' '")
    assert services.intact(Edition.objects.get()) == ["definition"]
    assert "no longer give the hashes" in client.get(address(edition, "audit/")).content.decode()


@pytest.mark.parametrize(
    ("state", "statement", "said"),
    [
        *(("published", f"UPDATE {triggers.TABLE} SET {column} = NULL", "never changes")
          for column in ("results", "published_at")),
        ("published", f"UPDATE {triggers.TABLE} SET definition = definition || ' '", "never changes"),
        ("published", f"UPDATE {triggers.TABLE} SET state = 'draft'", "never changes"),
        ("published", f"DELETE FROM {triggers.TABLE}", "Only a draft can be deleted"),
        ("withdrawn", f"UPDATE {triggers.TABLE} SET state = 'published'", "never changes"),
        ("withdrawn", f"UPDATE {triggers.TABLE} SET note = 'mended'", "never changes"),
        ("withdrawn", f"DELETE FROM {triggers.TABLE}", "Only a draft can be deleted"),
        ("proposed", f"DELETE FROM {triggers.TABLE}", "Only a draft can be deleted"),
    ],
)  # fmt: skip
def test_the_database_itself_refuses_to_change_or_delete_what_was_published(elif_, noor, state, statement, said):
    triggers.install(connection)
    edition = site.drafted(elif_)
    services.propose(edition=edition, by=elif_)
    if state != "proposed":
        services.publish(edition=edition, by=noor)
    if state == "withdrawn":
        services.withdraw(edition=edition, by=noor, reason="wrong")
    with pytest.raises(DatabaseError, match=said), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Edition.objects.get().state == state
    triggers.remove(connection)


def test_drafts_withdrawal_and_erasure_pass_the_database(elif_, noor):
    triggers.install(connection)
    site.published(elif_, noor)
    draft = site.drafted(elif_, Edition.objects.get().index)
    services.change_draft(edition=draft, by=elif_, table=site.TABLE)
    services.delete_draft(edition=draft, by=elif_)
    members.erase_person(elif_)
    services.withdraw(edition=Edition.objects.get(), by=noor, reason="wrong")
    assert Edition.objects.get().state == "withdrawn"
    triggers.remove(connection)


def test_triggers_hold_what_the_site_holds():
    assert triggers.CONTENT == Edition.CONTENT


def test_permanent_ids_count_on_and_are_never_given_twice(elif_, noor):
    first = site.published(elif_, noor)
    services.withdraw(edition=first, by=noor, reason="A figure was wrong.")
    second = site.drafted(elif_, first.index)
    assert (first.name, second.name) == ("exports-index-2026.1", "exports-index-2026.2")


def test_withdrawn_edition_leaves_a_tombstone_at_every_address(client, elif_, noor):
    edition = site.published(elif_, noor)
    services.withdraw(edition=edition, by=elif_, reason="Morocco's exports were wrong.")
    for page in PAGES:
        response = client.get(address(edition, page))
        assert response.status_code == 410, page
        text = response.content.decode()
        assert "Morocco&#x27;s exports were wrong." in text
        assert "Do not cite" in text
    assert client.get("/en/indicators/exports-index/").status_code == 410
    head = client.get(f"/api/v1/indicators/editions/{edition.name}").json()
    assert head["state"] == "withdrawn"
    assert "items" not in head
    assert client.get(f"/api/v1/indicators/editions/{edition.name}/scores").status_code == 410
    with pytest.raises(IndicatorsError):
        services.withdraw(edition=edition, by=elif_, reason="again")


def test_figures_of_an_earlier_edition_stay_as_they_were(client, elif_, noor):
    first = site.published(elif_, noor)
    before = client.get(address(first, "TN/people/figure.json")).json()
    changed = site.TABLE.with_columns(pl.col("skills") + pl.Series([5.0, 0, 0, 0, 0, 0, 0]))
    second = site.published(elif_, noor, first.index, table=changed)
    assert client.get(address(first, "TN/people/figure.json")).json() == before
    after = client.get(address(second, "TN/people/figure.json")).json()
    assert after["score"] > before["score"]
    assert selectors.latest_edition(first.index).name == second.name
    page = client.get("/en/indicators/exports-index/").content.decode()
    assert "What changed since exports-index-2026.1" in page
    assert "Tunisia: from rank" in page


def test_every_step_stands_in_the_audit_trail(elif_, noor):
    edition = site.published(elif_, noor)
    services.withdraw(edition=edition, by=elif_, reason="wrong")
    acts = [(act.act, act.actor) for act in people.acts() if act.on == edition.reference]
    assert acts == [
        ("edition.withdrawn", elif_.reference), ("edition.published", noor.reference),
        ("edition.proposed", elif_.reference), ("edition.drafted", elif_.reference),
    ]  # fmt: skip


def test_erasing_a_person_leaves_the_edition_and_its_two_marks(elif_, noor):
    edition = site.published(elif_, noor)
    mark = elif_.reference
    members.erase_person(elif_)
    kept = Edition.objects.get()
    assert kept.is_published
    assert kept.proposed_by is None
    assert (kept.proposed_by_mark, kept.approved_by_mark) == (mark, noor.reference)
    assert report.shown(kept).ranking[0].unit.code
    assert services.intact(edition) == []


def test_proposal_can_be_sent_back_with_a_reason(elif_, noor):
    edition = site.drafted(elif_)
    services.propose(edition=edition, by=elif_)
    with pytest.raises(IndicatorsError, match="Say why"):
        services.send_back(edition=edition, by=noor, reason=" ")
    services.send_back(edition=edition, by=noor, reason="Egypt is missing.")
    kept = Edition.objects.get()
    assert (kept.state, kept.proposed_by_mark) == ("draft", "")


def test_what_cannot_be_calculated_cannot_be_proposed(elif_):
    index = site.begun(elif_)
    flat = site.TABLE.with_columns(skills=pl.lit(3.0))
    edition = services.calculate(
        edition=services.create_draft(index=index, definition=site.definition(), table=flat, by=elif_, year=2026)
    )
    assert "skills" in edition.problem
    with pytest.raises(IndicatorsError, match="has no results yet"):
        services.propose(edition=edition, by=elif_)
