"""Indicators: composite indexes with their uncertainty, from a table and a definition.

The door for Python users, ``from minga import indicators as mi``. Names load on first use, so importing this package
costs nothing and needs no Django.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from minga.indicators.engine.checks import check, directions
    from minga.indicators.engine.coinr import to_tables
    from minga.indicators.engine.comparing import Comparison, Removals, compare, drop_each
    from minga.indicators.engine.definition import Denominator, Group, Index, Indicator, Node, Scenario, preset_names
    from minga.indicators.engine.errors import DataError, DefinitionError, Finding, IndicatorsError, StepError
    from minga.indicators.engine.explanation import Explanation
    from minga.indicators.engine.factors import Jitter, Uniform
    from minga.indicators.engine.files import (
        metadata,
        read_coinr,
        read_table,
        read_workbook,
        write_all,
        write_scores,
        write_workbook,
        write_xlsx,
    )
    from minga.indicators.engine.optimisation import OptimisedWeights, optimise_weights
    from minga.indicators.engine.reliability import Components, alpha, pca
    from minga.indicators.engine.reporting import index_report, method_text, unit_report
    from minga.indicators.engine.result import Result
    from minga.indicators.engine.revisions import Revision, definition_changes, revisions
    from minga.indicators.engine.sampling import Sources, uncertainty_sources
    from minga.indicators.engine.scales import (
        Borda,
        DistanceToMax,
        DistanceToReference,
        DistanceToTarget,
        FractionOfMax,
        Goalposts,
        Identity,
        Linear,
        MinMax,
        Own,
        PercentileRank,
        Rank,
        Reciprocal,
        ZScore,
    )
    from minga.indicators.engine.screening import availability, screen
    from minga.indicators.engine.sdmx import read_sdmx_csv, read_sdmx_ml, write_sdmx_csv, write_sdmx_ml
    from minga.indicators.engine.sensitivity import Sensitivity, sobol, sobol_indices
    from minga.indicators.engine.standalone import ampi, bod, copeland, mpi
    from minga.indicators.engine.statistics import corr, corr_flags, denominator_corr, stats
    from minga.indicators.engine.steps import Aggregate, Aggregation, Denominate, Impute, Panel, Screen, Treat
    from minga.indicators.engine.trends import trends
    from minga.indicators.engine.uncertainty import Uncertainty, uncertainty
    from minga.indicators.engine.weighting import effective_weights, noisy_weights

_WHERE = {
    "Aggregate": "steps",
    "Aggregation": "steps",
    "Borda": "scales",
    "Comparison": "comparing",
    "Components": "reliability",
    "DataError": "errors",
    "DefinitionError": "errors",
    "Denominate": "steps",
    "Denominator": "definition",
    "DistanceToMax": "scales",
    "DistanceToReference": "scales",
    "DistanceToTarget": "scales",
    "Explanation": "explanation",
    "Finding": "errors",
    "FractionOfMax": "scales",
    "Goalposts": "scales",
    "Group": "definition",
    "Identity": "scales",
    "Impute": "steps",
    "Index": "definition",
    "Indicator": "definition",
    "IndicatorsError": "errors",
    "Jitter": "factors",
    "Linear": "scales",
    "MinMax": "scales",
    "Node": "definition",
    "OptimisedWeights": "optimisation",
    "Own": "scales",
    "Panel": "steps",
    "PercentileRank": "scales",
    "Rank": "scales",
    "Reciprocal": "scales",
    "Removals": "comparing",
    "Result": "result",
    "Revision": "revisions",
    "Scenario": "definition",
    "Screen": "steps",
    "Sensitivity": "sensitivity",
    "Sources": "sampling",
    "StepError": "errors",
    "Treat": "steps",
    "Uncertainty": "uncertainty",
    "Uniform": "factors",
    "ZScore": "scales",
    "alpha": "reliability",
    "ampi": "standalone",
    "availability": "screening",
    "bod": "standalone",
    "check": "checks",
    "compare": "comparing",
    "copeland": "standalone",
    "corr": "statistics",
    "corr_flags": "statistics",
    "definition_changes": "revisions",
    "denominator_corr": "statistics",
    "directions": "checks",
    "drop_each": "comparing",
    "effective_weights": "weighting",
    "index_report": "reporting",
    "metadata": "files",
    "method_text": "reporting",
    "mpi": "standalone",
    "noisy_weights": "weighting",
    "optimise_weights": "optimisation",
    "pca": "reliability",
    "preset_names": "definition",
    "read_coinr": "files",
    "read_sdmx_csv": "sdmx",
    "read_sdmx_ml": "sdmx",
    "read_table": "files",
    "read_workbook": "files",
    "revisions": "revisions",
    "screen": "screening",
    "sobol": "sensitivity",
    "sobol_indices": "sensitivity",
    "stats": "statistics",
    "to_tables": "coinr",
    "trends": "trends",
    "uncertainty": "uncertainty",
    "uncertainty_sources": "sampling",
    "unit_report": "reporting",
    "write_all": "files",
    "write_scores": "files",
    "write_sdmx_csv": "sdmx",
    "write_sdmx_ml": "sdmx",
    "write_workbook": "files",
    "write_xlsx": "files",
}

__all__ = [
    "Aggregate", "Aggregation", "Borda", "Comparison", "Components", "DataError", "DefinitionError", "Denominate",
    "Denominator", "DistanceToMax", "DistanceToReference", "DistanceToTarget", "Explanation", "Finding",
    "FractionOfMax", "Goalposts", "Group", "Identity", "Impute", "Index", "Indicator", "IndicatorsError", "Jitter",
    "Linear", "MinMax", "Node", "OptimisedWeights", "Own", "Panel", "PercentileRank", "Rank", "Reciprocal",
    "Removals", "Result", "Revision", "Scenario", "Screen", "Sensitivity", "Sources", "StepError", "Treat",
    "Uncertainty", "Uniform", "ZScore", "alpha", "ampi", "availability", "bod", "check", "compare", "copeland",
    "corr", "corr_flags", "definition_changes", "denominator_corr", "directions", "drop_each", "effective_weights",
    "index_report", "metadata", "method_text", "mpi", "noisy_weights", "optimise_weights", "pca", "preset_names",
    "read_coinr", "read_sdmx_csv", "read_sdmx_ml", "read_table", "read_workbook", "revisions", "screen", "sobol",
    "sobol_indices", "stats", "to_tables", "trends", "uncertainty", "uncertainty_sources", "unit_report",
    "write_all", "write_scores", "write_sdmx_csv", "write_sdmx_ml", "write_workbook", "write_xlsx",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(f"minga.indicators.engine.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'minga.indicators' has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(_WHERE)
