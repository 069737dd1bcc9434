"""The rules of consultations: tables in, tables out; no Django, no database, no page."""
