"""The import-linter contract "a feature's tables and queries are its own" (see pyproject.toml)."""

from typing import cast

import grimp
from importlinter import Contract, ContractCheck, fields, output


class PrivateModules(Contract):
    """Modules of the listed names are imported from inside their own package only.

    Options: `private_names`, the names of the modules (`tables` makes `frontdesk.visitors.tables`
    private to `frontdesk.visitors`); `allowed_importers`, the modules that may import any of them
    (and whose submodules may), for instance the one that gathers all tables for the migrations.
    """

    type_name = "private"

    private_names = fields.ListField(subfield=fields.StringField())
    allowed_importers = fields.ListField(subfield=fields.StringField(), required=False)

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        """Return the verdict, with the offending imports as readable lines in its metadata."""
        private_names = cast("list[str]", self.private_names)
        allowed = cast("list[str]", self.allowed_importers or [])
        offences = [
            f"{importer} -> {module}"
            for module in sorted(graph.modules)
            if module.rpartition(".")[2] in private_names
            for importer in sorted(graph.find_modules_that_directly_import(module))
            if not _is_inside(importer, module.rpartition(".")[0], *allowed)
        ]
        return ContractCheck(kept=not offences, metadata={"offences": offences})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print the offending imports and what to do instead."""
        for offence in check.metadata["offences"]:
            output.print_error(offence, bold=False)
        output.print_error("Call a use-case function of the other feature instead.", bold=False)
        output.new_line()


def _is_inside(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)
