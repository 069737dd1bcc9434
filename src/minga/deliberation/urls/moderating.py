"""Conversations: set-up, moderation, map and report under talk/<conversation>/."""

from __future__ import annotations

from django.urls import path

from minga.deliberation.views import codes, flagging, moderating, moderation_log, reporting, routing, setting_up

_TALK = "talk/<slug:slug>/"

urlpatterns = [
    path("<slug:slug>/desk/conversations/new/", setting_up.conversation_new, name="conversation_new"),
    path(f"{_TALK}set-up/", setting_up.set_up, name="set_up"),
    path(f"{_TALK}set-up/open/", setting_up.open_conversation, name="open_conversation"),
    path(f"{_TALK}set-up/close/", setting_up.close_conversation, name="close_conversation"),
    path(f"{_TALK}set-up/statements/", setting_up.first_statements_check, name="first_statements"),
    path(f"{_TALK}set-up/statements/put-in/", setting_up.first_statements_take_in, name="first_statements_put_in"),
    path(f"{_TALK}codes/", codes.codes, name="codes"),
    path(f"{_TALK}data.zip", setting_up.data_zip, name="data_zip"),
    path(f"{_TALK}queue/", moderating.queue, name="queue"),
    path(f"{_TALK}queue/<int:number>/", moderating.queue_statement, name="queue_statement"),
    path(f"{_TALK}flags/", flagging.flags, name="flags"),
    path(f"{_TALK}log/", moderation_log.log, name="log"),
    path(f"{_TALK}log.csv", moderation_log.log_csv, name="log_csv"),
    path(f"{_TALK}report/", reporting.report, name="report"),
    path(f"{_TALK}report/statements/", reporting.report_statements, name="report_statements"),
    path(f"{_TALK}report/routing/", routing.routing_log, name="routing_log"),
    path(f"{_TALK}report/routing.csv", routing.routing_csv, name="routing_csv"),
    path(f"{_TALK}report/refresh/", reporting.report_refresh, name="report_refresh"),
    path(f"{_TALK}report/publish/", reporting.report_publish, name="report_publish"),
    path(f"{_TALK}report/<int:number>/", reporting.report_statement, name="report_statement"),
]
