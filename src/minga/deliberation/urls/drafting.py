"""Drafts, clauses, notes beside them, and adoption."""

from __future__ import annotations

from django.urls import URLPattern, path

from minga.deliberation.views import adopting, desk_notes, drafting, drafts, noting, reshaping, withdrawing

_D = "<slug:slug>/drafts/<slug:draft>/"
_C = f"{_D}c/<int:number>/"
_DESK = "<slug:slug>/desk/drafts/"
_DD = f"{_DESK}<slug:draft>/"
_DC = f"{_DD}c/<int:number>/"
_N = f"{_DD}notes/<uuid:pk>/"

urlpatterns: list[URLPattern] = [
    # what everyone reads
    path(_D, drafts.draft, name="draft"),
    path(f"{_D}v/<int:version>/", drafts.draft_version, name="draft_version"),
    path(f"{_D}v/<int:version>/changes/", drafts.draft_changes, name="draft_changes"),
    path(_C, drafts.clause, name="clause"),
    path(f"{_C}say/", noting.say, name="clause_say"),
    path(f"{_C}said/", noting.said, name="clause_said"),
    # the desk
    path(_DESK, drafting.drafts, name="desk_drafts"),
    path(_DD, drafting.draft, name="desk_draft"),
    path(f"{_DD}title/", drafting.draft_title, name="desk_draft_title"),
    path(f"{_DD}delete/", drafting.draft_delete, name="desk_draft_delete"),
    path(f"{_DD}withdraw/", withdrawing.draft_withdraw, name="desk_draft_withdraw"),
    path(f"{_DD}add/", drafting.clause_add, name="desk_clause_add"),
    path(f"{_DD}publish/", adopting.publish, name="desk_publish"),
    path(f"{_DD}adopt/", adopting.adopt, name="desk_adopt"),
    path(_DC, drafting.clause, name="desk_clause"),
    path(f"{_DC}shift/", reshaping.clause_shift, name="desk_clause_shift"),
    path(f"{_DC}move/", reshaping.clause_move, name="desk_clause_move"),
    path(f"{_DC}split/", reshaping.clause_split, name="desk_clause_split"),
    path(f"{_DC}merge/", reshaping.clause_merge, name="desk_clause_merge"),
    path(f"{_DC}delete/", reshaping.clause_delete, name="desk_clause_delete"),
    path(f"{_DC}back/", reshaping.clause_back, name="desk_clause_back"),
    path(f"{_DC}evidence/", drafting.clause_cite, name="desk_clause_cite"),
    path(f"{_DC}evidence/<int:citation>/end/", drafting.clause_uncite, name="desk_clause_uncite"),
    path(f"{_DD}notes/", desk_notes.notes, name="desk_notes"),
    path(_N, desk_notes.note, name="desk_note"),
    path(f"{_N}show/", desk_notes.note_show, name="desk_note_show"),
    path(f"{_N}hide/", desk_notes.note_hide, name="desk_note_hide"),
    path(f"{_N}accept/", desk_notes.note_accept, name="desk_note_accept"),
    path(f"{_N}reject/", desk_notes.note_reject, name="desk_note_reject"),
]
