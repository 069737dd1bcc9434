"""Conversations: taking part under talk/<conversation>/."""

from __future__ import annotations

from django.urls import path

from minga.deliberation.views import embedding, my_place, taking_part

urlpatterns = [
    path("talk/<slug:slug>/", taking_part.conversation, name="conversation"),
    path("talk/<slug:slug>/vote/", taking_part.vote, name="vote"),
    path("talk/<slug:slug>/add/", taking_part.add, name="add_statement"),
    path("talk/<slug:slug>/code/", taking_part.code, name="entry_code"),
    path("talk/<slug:slug>/verify/", taking_part.verify, name="verify"),
    path("talk/<slug:slug>/mine/", my_place.mine, name="mine"),
    path("talk/<slug:slug>/mine.json", my_place.mine_json, name="mine_json"),
    path("talk/<slug:slug>/mine/<int:number>/", my_place.my_statement, name="my_statement"),
    path("talk/<slug:slug>/mine/leave/", my_place.leave, name="leave_conversation"),
    path("talk/<slug:slug>/mine/close/", my_place.close, name="close_place"),
    path("talk/<slug:slug>/about-me/", my_place.about_me, name="about_me"),
    path("talk/<slug:slug>/embed/", embedding.embed, name="embed"),
    path("talk/<slug:slug>/embed/vote/", embedding.vote_in_frame, name="vote_in_frame"),
    path("talk/<slug:slug>/embed/onward/", embedding.out_of_frame, name="out_of_frame"),
]
