"""Import contract 4, read from ROOMS so that the order is never written twice."""

from __future__ import annotations

import ast
from pathlib import Path

from importlinter import Contract, ContractCheck, fields, output


class RoomOrderContract(Contract):
    """A room imports only rooms that stand before it in ROOMS; ground and roof stand where the options say."""

    rooms_file = fields.StringField()
    package = fields.StringField()
    ground = fields.ListField(subfield=fields.StringField())
    roof = fields.StringField()

    def check(self, graph, verbose):
        order = [*self.ground, *rooms_in(Path(self.rooms_file)), self.roof]
        found = {module.split(".")[1] for module in graph.find_children(self.package)}
        unlisted = sorted(found - set(order))
        wrong = [edge for low, name in enumerate(order) for edge in self._upward(graph, name, order[low + 1 :])]
        return ContractCheck(kept=not wrong and not unlisted, metadata={"wrong": wrong, "unlisted": unlisted})

    def _upward(self, graph, name, above):
        """Yield each import from a module of `name` into a package that stands above it."""
        package = f"{self.package}.{name}"
        if package not in graph.modules:
            return
        higher = tuple(f"{self.package}.{high}" for high in above)
        for importer in sorted({package, *graph.find_descendants(package)}):
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                if any(imported == high or imported.startswith(f"{high}.") for high in higher):
                    yield importer, imported

    def render_broken_contract(self, check):
        for importer, imported in check.metadata["wrong"]:
            output.print_error(
                f"{importer} imports {imported}, which stands above it. "
                "Let the higher room fill a panel from its panels.py."
            )
        for name in check.metadata["unlisted"]:
            output.print_error(f"{name} is in no list. Add it to ROOMS in minga/site/rooms.py.")


def rooms_in(path: Path) -> list[str]:
    """Read ROOMS from the source, so that a broken room cannot stop the check."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "ROOMS":
            return ast.literal_eval(node.value)
    raise ValueError(f"{path} holds no list ROOMS. Restore the list of rooms, lowest first.")
