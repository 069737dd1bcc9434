"""Rules of meetings that need no database: time zones, and counts of who came."""
