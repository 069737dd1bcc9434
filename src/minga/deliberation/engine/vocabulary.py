"""Words that engine, storage and pages share: reserved addresses and the strata by which figures are broken down."""

from __future__ import annotations

#: Words of addresses that no consultation may be called.
RESERVED = ("new", "talk", "receipt", "commitments", "data")

#: What a sender or participant may say about themselves, and the answers that forms offer; a region is free text.
STRATA = {
    "gender": ("woman", "man", "other"),
    "region": (),
    "type": ("government", "international", "company", "sme", "university", "association", "civil_society", "person"),
    "size": ("1-9", "10-49", "50-249", "250+"),
}
