"""Outliers: winsorise one value after another until skew and kurtosis pass, and transform where that fails.

Which value is drawn in next depends only on the figures, never on the thresholds. So the path of an indicator is
laid out once (:class:`Path`), and any number of limits and thresholds only choose where on it to stop: that is what
makes thousands of replications cheap.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from minga.indicators.engine.definition import Index
from minga.indicators.engine.errors import DefinitionError, StepError
from minga.indicators.engine.moments import from_centred, skew_kurt
from minga.indicators.engine.paths import change_step
from minga.indicators.engine.steps import Treat
from minga.indicators.engine.transforms import TRANSFORMATIONS

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
TRANSFORMED = 1_000_000  # a code is: steps winsorised + TRANSFORMED * (1 + number of the transformation)
NEVER = 1_000_000_000
BLOCK = 4_000_000  # cells looked at together, to bound memory


@dataclass(frozen=True)
class Rules:
    """Thresholds of one treatment, one value per indicator."""

    on: NDArray[np.bool_]
    winsorise: NDArray[np.bool_]
    winmax: Codes
    skew: Floats
    kurt: Floats
    combine: NDArray[np.bool_]
    then: tuple[str | Callable[..., Any], ...]
    first: tuple[str | Callable[..., Any], ...]


def rules_for(index: Index) -> Rules:
    """Spell the treatment out for every indicator, own settings first."""
    common, size = index.treat, len(index.indicators)
    if not any(item.treat for item in index.indicators):
        return Rules(
            np.full(size, common.on), np.full(size, common.first == "winsorise"), np.full(size, int(common.winmax)),
            np.full(size, float(common.skew)), np.full(size, float(common.kurt)), np.full(size, common.combine),
            (common.then,) * size, (common.first,) * size,
        )  # fmt: skip
    each = [_own(common, dict(item.treat), item.code) if item.treat else common for item in index.indicators]
    return Rules(
        on=np.array([step.on for step in each], dtype=np.bool_),
        winsorise=np.array([step.first == "winsorise" for step in each], dtype=np.bool_),
        winmax=np.array([step.winmax for step in each], dtype=np.int64),
        skew=np.array([step.skew for step in each], dtype=np.float64),
        kurt=np.array([step.kurt for step in each], dtype=np.float64),
        combine=np.array([step.combine for step in each], dtype=np.bool_),
        then=tuple(step.then for step in each),
        first=tuple(step.first for step in each),
    )


def _own(common: Treat, options: dict[str, Any], code: str) -> Treat:
    try:
        changed: Treat = change_step(common, "treat", "", options)
    except DefinitionError as wrong:
        raise DefinitionError(f"Indicator {code!r}: {wrong}") from None
    return changed


class Path:
    """The winsorising path of every column of one table; steps are added as they are asked for."""

    def __init__(self, values: Floats) -> None:
        self.values = values
        columns = values.shape[1]
        skew, kurt = _moments_by_block(values)
        self.skew, self.kurt = [skew], [kurt]
        self.count = [np.zeros(columns, dtype=np.int64)]
        self.low, self.high = [np.full(columns, -np.inf)], [np.full(columns, np.inf)]
        self.ended = np.where(np.isnan(skew), 0, NEVER)
        self._sorted: dict[int, Floats] = {}

    @property
    def steps(self) -> int:
        return len(self.skew)

    def extend(self, columns: NDArray[np.int64]) -> None:
        """Add one step for the given columns; the others repeat their last."""
        columns = columns[self.ended[columns] == NEVER]
        for held in (self.skew, self.kurt, self.low, self.high):
            held.append(held[-1].copy())
        self.count.append(self.count[-1].copy())
        width = max(1, BLOCK // max(1, self.values.shape[0]))
        for start in range(0, columns.size, width):
            self._extend_block(columns[start : start + width])

    def _extend_block(self, columns: NDArray[np.int64]) -> None:
        ordered = self._ordered(columns)
        low, high = self.low[-1][columns], self.high[-1][columns]
        seen = (~np.isnan(ordered)).sum(axis=0)
        at = np.arange(columns.size)
        low = np.where(np.isinf(low), ordered[0], low)
        high = np.where(np.isinf(high), ordered[seen - 1, at], high)
        upper = self.skew[-1][columns] > 0
        below = (ordered < high).sum(axis=0)
        above = (ordered <= low).sum(axis=0)
        stuck = np.where(upper, below == 0, above >= seen)
        new_high = np.where(upper & ~stuck, ordered[np.maximum(below - 1, 0), at], high)
        new_low = np.where(~upper & ~stuck, ordered[np.minimum(above, seen - 1), at], low)
        clipped = np.clip(ordered, new_low, new_high)
        missing = np.isnan(clipped)
        n = seen.astype(np.float64)
        filled = np.where(missing, 0.0, clipped)
        skew, kurt = from_centred(np.where(missing, 0.0, filled - filled.sum(axis=0) / n), n)
        self.skew[-1][columns], self.kurt[-1][columns] = skew, kurt
        self.low[-1][columns], self.high[-1][columns] = new_low, new_high
        self.count[-1][columns] = (ordered > new_high).sum(axis=0) + (ordered < new_low).sum(axis=0)
        self.ended[columns] = np.where(stuck | np.isnan(skew), self.steps - 1, NEVER)

    def forget(self) -> None:
        """Let go of the sorted columns; they can be made again."""
        self._sorted = {}

    def _ordered(self, columns: NDArray[np.int64]) -> Floats:
        """The columns sorted, missing values last; each is sorted once."""
        fresh = [column for column in columns.tolist() if column not in self._sorted]
        if fresh:
            self._sorted.update(zip(fresh, np.sort(self.values[:, fresh].T, axis=1), strict=True))
        return np.array([self._sorted[column] for column in columns.tolist()]).T


def _moments_by_block(values: Floats) -> tuple[Floats, Floats]:
    width = max(1, BLOCK // max(1, values.shape[0]))
    parts = [skew_kurt(values[:, start : start + width]) for start in range(0, values.shape[1], width)]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def decide(path: Path, rules: Sequence[Rules], registry: list[str | Callable[..., Any]]) -> Codes:
    """Tell for each set of rules and each column what happens to it; one row of codes per set.

    ``registry`` collects the transformations met, whose place makes the code.
    """
    on = np.array([rule.on for rule in rules])
    winsorise = np.array([rule.winsorise for rule in rules])
    skew, kurt = np.array([rule.skew for rule in rules]), np.array([rule.kurt for rule in rules])
    winmax = np.array([rule.winmax for rule in rules])
    passed = (np.abs(path.skew[0]) < skew) | (path.kurt[0] < kurt) | np.isnan(path.skew[0]) | ~on
    step = np.zeros(passed.shape, dtype=np.int64)
    open_ = ~passed & winsorise & (winmax > 0)
    at = 0
    while open_.any():
        at += 1
        if at >= path.steps:
            path.extend(np.flatnonzero(open_.any(axis=0)))
        now = (np.abs(path.skew[at]) < skew) | (path.kurt[at] < kurt)
        step[open_] = at
        passed |= open_ & now
        full = (path.count[at] >= winmax) | (path.ended <= at)
        open_ &= ~now & ~full
    return np.where(passed, step, _failed(step, rules, registry))


def _failed(step: Codes, rules: Sequence[Rules], registry: list[str | Callable[..., Any]]) -> Codes:
    """What becomes of the columns that did not pass: undone unless combined, then transformed."""
    combine = np.array([rule.combine for rule in rules])
    numbers = {
        words: [_number(registry, word) for word in words] for words in dict.fromkeys(rule.then for rule in rules)
    }
    then = np.array([numbers[rule.then] for rule in rules])
    keeps = combine | (then == 0)
    return np.asarray(np.where(keeps, step, 0) + TRANSFORMED * then)


def _number(registry: list[str | Callable[..., Any]], word: str | Callable[..., Any]) -> int:
    if word == "none":
        return 0
    if word not in registry:
        registry.append(word)
    return 1 + registry.index(word)


def column(path: Path, position: int, code: int, registry: Sequence[str | Callable[..., Any]]) -> Floats:
    """Give one column after the treatment its code stands for."""
    step, transform = code % TRANSFORMED, code // TRANSFORMED
    x = path.values[:, position]
    if step:
        x = np.clip(x, path.low[step][position], path.high[step][position])
    if not transform:
        return x
    word = registry[transform - 1]
    changed = word(x) if callable(word) else TRANSFORMATIONS[word](x)
    return np.asarray(changed, dtype=np.float64)


Checks = Callable[[], pl.DataFrame]


def treat(index: Index, values: Floats) -> tuple[Floats, Checks]:
    """Treat every indicator and keep the record of each check.

    Returns
    -------
    the treated values, and a function that writes the record when asked: one row per indicator with ``skew`` and
    ``kurt`` before (``_0``), after winsorising (``_1``) and after the transformation (``_2``), whether each check
    passed, how many values were winsorised, the bounds they were drawn to, and the transformation.

    Source: winsorising and transformation rules of the JRC (OECD and JRC, 2008, step 5; COINr ``qTreat``).
    """
    rules = rules_for(index)
    if not rules.on.any():
        return values, pl.DataFrame
    values = own_functions(index, values, rules)
    path = Path(values)
    registry: list[str | Callable[..., Any]] = []
    codes = decide(path, [rules], registry)[0]
    path.forget()
    treated = values.copy(order="K") if codes.any() else values
    for position in np.flatnonzero(codes):
        try:
            treated[:, position] = column(path, int(position), int(codes[position]), registry)
        except StepError as wrong:
            raise StepError(f"Indicator {index.codes[position]!r} cannot be transformed. {wrong}") from None
    return treated, lambda: _details(index, path, codes, rules, treated, registry)


def own_functions(index: Index, values: Floats, rules: Rules) -> Floats:
    """Apply functions of one's own that take the place of winsorising, where the check fails."""
    own = [position for position, first in enumerate(rules.first) if callable(first) and rules.on[position]]
    if not own:
        return values
    changed = values.copy()
    skew, kurt = skew_kurt(values)
    for position in own:
        if abs(skew[position]) >= rules.skew[position] and kurt[position] >= rules.kurt[position]:
            function = rules.first[position]
            changed[:, position] = function(values[:, position])  # type: ignore[operator]
    return changed


def _details(
    index: Index, path: Path, codes: Codes, rules: Rules, treated: Floats, registry: Sequence[Any]
) -> pl.DataFrame:
    """Write the record of each check."""
    columns = np.arange(codes.size)
    failed = ~((np.abs(path.skew[0]) < rules.skew) | (path.kurt[0] < rules.kurt) | np.isnan(path.skew[0])) & rules.on
    last = _last_step(path, rules, failed)
    tried = failed & (last > 0)
    skew1, kurt1 = np.array(path.skew)[last, columns], np.array(path.kurt)[last, columns]
    changed = codes // TRANSFORMED > 0
    skew2, kurt2 = np.full(codes.size, np.nan), np.full(codes.size, np.nan)
    if changed.any():
        skew2[changed], kurt2[changed] = skew_kurt(treated[:, changed])

    def passes(skew: Floats, kurt: Floats) -> NDArray[np.bool_]:
        return (np.abs(skew) < rules.skew) | (kurt < rules.kurt)

    words = ["" if not code else _word(registry[code - 1]) for code in codes // TRANSFORMED]
    step = codes % TRANSFORMED
    first = ("winsorised", "passed_1", "skew_1", "kurt_1")
    second = ("passed_2", "skew_2", "kurt_2")
    return pl.DataFrame({
        "indicator": index.codes,
        "passed_0": ~failed, "skew_0": path.skew[0], "kurt_0": path.kurt[0],
        "winsorised": np.array(path.count)[last, columns],
        "passed_1": passes(skew1, kurt1), "skew_1": skew1, "kurt_1": kurt1,
        "low": np.array(path.low)[step, columns], "high": np.array(path.high)[step, columns],
        "transformation": words,
        "passed_2": passes(skew2, kurt2), "skew_2": skew2, "kurt_2": kurt2,
    }).with_columns(
        pl.when(pl.Series(tried)).then(pl.col(name)).alias(name) for name in first
    ).with_columns(
        pl.when(pl.Series(changed)).then(pl.col(name)).alias(name) for name in second
    )  # fmt: skip


def _last_step(path: Path, rules: Rules, failed: NDArray[np.bool_]) -> Codes:
    """How far along its path each failing column went."""
    last = np.zeros(failed.size, dtype=np.int64)
    open_ = failed & rules.winsorise & (rules.winmax > 0)
    for at in range(1, path.steps):
        last[open_] = at
        passed = (np.abs(path.skew[at]) < rules.skew) | (path.kurt[at] < rules.kurt)
        open_ &= ~(passed | (path.count[at] >= rules.winmax) | (path.ended <= at))
    return last


def _word(transformation: str | Callable[..., Any]) -> str:
    return transformation if isinstance(transformation, str) else getattr(transformation, "__name__", "own")
