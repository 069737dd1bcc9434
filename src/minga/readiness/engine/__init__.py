"""The rules of readiness: tables and frozen values in, tables and frozen values out."""
