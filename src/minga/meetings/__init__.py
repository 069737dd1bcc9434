"""Meetings: agendas, sessions, who came, minutes, and takeaways that become voices of a consultation."""
