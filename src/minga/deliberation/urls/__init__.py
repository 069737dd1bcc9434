"""Pages under /<language>/deliberation/. Words that no consultation may be called stand in `engine/vocabulary.py`."""

from __future__ import annotations

from minga.deliberation.urls import (
    answering,
    consulting,
    drafting,
    intake,
    moderating,
    publishing,
    taking_part,
)

app_name = "deliberation"

urlpatterns = [
    *taking_part.urlpatterns,
    *moderating.urlpatterns,
    *intake.urlpatterns,
    *answering.urlpatterns,
    *drafting.urlpatterns,
    *publishing.urlpatterns,
    *consulting.urlpatterns,  # last: its addresses begin with the name of a consultation
]
