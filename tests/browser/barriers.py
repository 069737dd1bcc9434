"""What axe, the checker of accessibility rules, finds on a page."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: The rules of those that colours decide; all others say the same in light and in dark.
_BY_COLOURS = ["color-contrast", "link-in-text-block"]

_LOOK = "options => axe.run(options).then((found) => found.violations)"


def bring_axe(page: Page) -> None:
    """Load axe into the page that stands open. Its loading costs as much as a look, so it is done once for several."""
    page.evaluate(AXE_SCRIPT)


def faults(page: Page) -> list[str]:
    """Look by all rules of WCAG 2.2 AA."""
    return _found(page, {"runOnly": _TAGS})


def colour_faults(page: Page) -> list[str]:
    """Look once more at a page in other colours."""
    return _found(page, {"runOnly": {"type": "rule", "values": _BY_COLOURS}})


def other_faults(page: Page) -> list[str]:
    """Look by all rules but those of colours, on a page whose colours were looked at in another language."""
    return _found(page, {"runOnly": _TAGS, "rules": {rule: {"enabled": False} for rule in _BY_COLOURS}})


def _found(page: Page, rules: dict[str, Any]) -> list[str]:
    found = page.evaluate(_LOOK, rules | {"resultTypes": ["violations"]})
    return [
        f"{rule['id']}: {node['html'][:200]} | {node['failureSummary']}" for rule in found for node in rule["nodes"]
    ]
