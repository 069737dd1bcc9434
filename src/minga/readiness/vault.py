"""Where evidence lies."""

from __future__ import annotations

from minga.readiness.engine.errors import EvidenceError
from minga.web.vault import Vault

#: The folder of evidence, with the errors of this room.
vault = Vault("EVIDENCE_ROOT", EvidenceError)
