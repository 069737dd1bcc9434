"""Where letters and files that were sent lie."""

from __future__ import annotations

from minga.deliberation.engine.errors import ActError
from minga.web.vault import Vault

#: The folder of sources, with the errors of this room.
vault = Vault("SOURCES_ROOT", ActError)
