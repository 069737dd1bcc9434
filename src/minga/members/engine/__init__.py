"""The rules of members that need no database: vocabularies and roles."""
