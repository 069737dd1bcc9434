"""Write docs/reference from the code, so that the two cannot disagree: settings, commands, pages, API, engine.

python -m scripts.reference            write the pages
python -m scripts.reference --check    say which pages are behind the code, and change nothing
"""

from __future__ import annotations

import enum
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "reference"

NOTE = "<!-- Written from the code; change the code, then run `python -m scripts.reference`. -->"


def texts() -> dict[str, str]:
    """Return every reference page by its file name, as the code stands now."""
    from scripts.reference_engine import engine

    writers: dict[str, Callable[[], str]] = {
        "settings.md": settings,
        "commands.md": commands,
        "pages.md": pages,
        "api.md": api,
        "engine.md": engine,
    }
    return {name: f"{NOTE}\n\n{write().strip()}\n" for name, write in writers.items()}


#: Options that every command has and that say nothing about it.
HELPERS = {"--help", "--install-completion", "--show-completion"}


# ---------------------------------------------------------------- settings
def settings() -> str:
    """Describe every setting: what it does, its rule, what holds without it."""
    from minga.site import env
    from minga.site import settings as _read_them_all  # noqa: F401 - reading them fills env.SETTINGS

    head = (
        "# Settings\n\n"
        "Read from the environment when the site starts, in one file (`src/minga/site/settings.py`). With nothing set "
        "the site is safe on localhost. A value that breaks its rule stops the site with a message that names the "
        "setting, the value and the rule."
    )
    return "\n\n".join([head, *(_setting(setting) for setting in env.SETTINGS.values())])


def _setting(setting: Any) -> str:
    default = {"True": "on", "False": "off", "": "empty"}.get(setting.default, f"`{setting.default}`")
    return f"## {setting.name}\n\n{setting.help}\n\nGive {setting.rule}. Without it: {default}."


# ---------------------------------------------------------------- commands
def commands() -> str:
    """Describe the whole tree of the `minga` command."""
    import typer

    from minga.site.cli import app

    head = (
        "# Commands\n\n"
        "Every group is a room of the house; `minga --help` lists them and `minga GROUP --help` their commands. "
        "Exit codes: 0 done; 1 the input or the state has faults, which are listed; 2 the command line is wrong."
    )
    return "\n\n".join([head, *_command_tree(typer.main.get_command(app), "minga", 2)])


def command_names() -> list[str]:
    """Return every command as people type it: `minga readiness score`."""
    return [line.lstrip("# ") for line in commands().splitlines() if line.startswith(("## ", "### ", "#### "))]


def _command_tree(command: Any, name: str, depth: int) -> Iterator[str]:
    import typer

    yield f"{'#' * depth} {name}\n\n{_plain(command.help or '')}".rstrip()
    table = _parameters([parameter for parameter in command.params if not getattr(parameter, "hidden", False)])
    if table:
        yield table
    if hasattr(command, "list_commands"):
        context = typer.Context(command, info_name=name)
        for word in command.list_commands(context):
            below = command.get_command(context, word)
            if not below.hidden:
                yield from _command_tree(below, f"{name} {word}", min(depth + 1, 4))


def _parameters(parameters: list[Any]) -> str:
    rows = [_parameter(parameter) for parameter in parameters if not HELPERS.intersection(parameter.opts)]
    if not rows:
        return ""
    return "\n".join(["| what | meaning | without it |", "| --- | --- | --- |", *rows])


def _parameter(parameter: Any) -> str:
    is_option = parameter.param_type_name == "option"
    word = parameter.metavar or parameter.name.upper()
    shown = ", ".join([*parameter.opts, *parameter.secondary_opts]) if is_option else word
    return f"| `{shown}` | {_cell(getattr(parameter, 'help', '') or '')} | {_default(parameter)} |"


def _default(parameter: Any) -> str:
    if parameter.required:
        return "must be given"
    value = parameter.default() if callable(parameter.default) else parameter.default
    if isinstance(value, enum.Enum):
        value = value.value
    if value in (None, "", [], ()):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"`{value}`"


# ---------------------------------------------------------------- pages and API
def pages() -> str:
    """List every page address with what it shows."""
    from scripts.routes import page_routes

    head = (
        "# Pages\n\n"
        "Every address of the site outside the API. `{language}` is `ar`, `en`, `es`, `fr`, `ru` or `zh`; `<name>` "
        "stands for a value. "
        "Who may see what is tested for each of them (`tests/test_walk.py`)."
    )
    return "\n\n".join([head, *(f"## {_address(route.address)}\n\n{_page(route)}" for route in page_routes())])


def _page(route: Any) -> str:
    named = f"Name in code: `{route.name}`." if route.name else ""
    return "\n\n".join(part for part in (route.summary, named) if part)


def _address(address: str) -> str:
    return f"`{address}`"


def api() -> str:
    """Describe every API route from the OpenAPI schema."""
    from minga.site.api import api as root
    from scripts.routes import api_routes

    schema = root.get_openapi_schema()
    head = (
        "# API\n\n"
        "JSON over HTTP under `/api/v1/`; the machine-readable description is `/api/v1/openapi.json`, and the site "
        "shows it at `/en/api/`. Every refusal has one shape:\n\n"
        "```json\n"
        '{"error": {"code": "not_found", "message": "There is nothing at this address, …", "where": "/api/v1/…"}}\n'
        "```"
    )
    routes = [_operation(*route, schema["components"]["schemas"]) for route in api_routes(schema)]
    return "\n\n".join([head, *routes])


def _operation(method: str, address: str, operation: dict[str, Any], schemas: dict[str, Any]) -> str:
    parts = [f"## {method} {_address(address)}", operation.get("summary", ""), _plain(operation.get("description", ""))]
    rows = [
        f"| `{parameter['name']}` | {parameter['in']} | {_kind(parameter['schema'])} |"
        f" {_cell(parameter.get('description') or parameter['schema'].get('description', ''))} |"
        for parameter in operation.get("parameters", [])
    ]
    rows += _body_rows(operation.get("requestBody"), schemas)
    if rows:
        parts.append("\n".join(["| name | in | kind | meaning |", "| --- | --- | --- | --- |", *rows]))
    is_open = {} in operation["security"]
    parts.append(f"{'Open to everyone; with a token' if is_open else 'With a token'}: `{operation['x-scope']}`.")
    answers = ", ".join(str(status) for status in operation.get("responses", {}))
    parts.append(f"Answers with status {answers}; a refusal has the shape above." if answers else "")
    return "\n\n".join(part for part in parts if part)


def _body_rows(body: dict[str, Any] | None, schemas: dict[str, Any]) -> list[str]:
    if not body:
        return []
    content = next(iter(body["content"].values()))["schema"]
    fields = schemas.get(content.get("$ref", "").rpartition("/")[2], content).get("properties", {})
    return [
        f"| `{name}` | body | {_kind(field)} | {_cell(field.get('description', ''))} |"
        for name, field in fields.items()
    ]


def _kind(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_kind(part) for part in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    kind = schema.get("type", "any")
    return f"list of {_kind(schema.get('items', {}))}" if kind == "array" else kind


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _plain(text: str) -> str:
    """Keep the paragraphs of a help text; a form feed ends what people are shown."""
    shown = text.split("\f")[0]
    return "\n\n".join(" ".join(part.split()) for part in shown.replace("\b", "").split("\n\n"))


def main() -> int:
    """Write the pages, or with --check say which are behind the code."""
    behind = []
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in texts().items():
        path = FOLDER / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        behind.append(name)
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
            print(f"docs/reference/{name} written")
    if behind and "--check" in sys.argv:
        print(f"docs/reference is behind the code: {', '.join(behind)}. Run `python -m scripts.reference` and commit.")
        return 1
    return 0


if __name__ == "__main__":
    for name in [name for name in os.environ if name.startswith("MINGA_")]:
        del os.environ[name]  # the pages show what holds with nothing set
    os.environ["DJANGO_SETTINGS_MODULE"] = "minga.site.settings"
    import django

    django.setup()
    sys.exit(main())
