"""Principal components of a sparse table of votes, without ever filling its gaps.

A gap that is filled with the mean of its statement and then centred is zero: the centred table is as sparse as the
votes. So components come from products with that sparse table alone, on one thread, the same at every size.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse
from scipy.sparse.linalg import LinearOperator, eigsh

Floats = npt.NDArray[np.float64]
Solver = Literal["auto", "exact", "rsvd"]
SOLVERS = ("auto", "exact", "rsvd")

#: More cells than this and "auto" draws at random (seeded) rather than solving to the last digit.
RANDOM_FROM = 20_000_000
#: Below these, all products of statements are formed; above, Lanczos steps find the same vectors in less time, and
#: with the same last digit however many threads the linear algebra may take.
_DENSE_STATEMENTS = 64
_DENSE_WORK = 4_000_000
_OVERSAMPLING = 20
_PASSES = 16


def components(
    centred: sparse.csr_array, n: int, *, solver: Solver = "auto", seed: int = 0, weights: Floats | None = None
) -> tuple[Floats, Floats, str]:
    """Find the directions in which rows differ most.

    Parameters
    ----------
    centred : sparse table, one row a person
        Zero where nothing was said.
    n : int
        How many directions.
    solver : "auto", "exact" or "rsvd"
        "exact" is correct to the last digits at every size; "rsvd" draws at random (seeded) and is meant for tables
        of more than 20 million votes, where "auto" takes it.
    seed : int
    weights : array, optional
        How often each row counts.

    Returns
    -------
    directions (n, columns), eigenvalues (n), the solver used
        The largest entry of each direction is positive; where the rows do not differ any more, it is all zero. Rows
        that do not differ at all give nothing but zeros.

    Source: Halko, Martinsson and Tropp (2011), SIAM Review 53(2), for "rsvd"; ARPACK for large exact tables.
    """
    width = centred.shape[1]
    if weights is not None:
        centred = sparse.csr_array(centred.multiply(np.sqrt(weights)[:, None]))
    kind = ("rsvd" if centred.nnz > RANDOM_FROM else "exact") if solver == "auto" else solver
    if not centred.data.any():
        return np.zeros((n, width)), np.zeros(n), kind  # everybody votes alike: no solver finds a direction in nothing
    wanted = min(n, width)
    if kind == "rsvd" and wanted + _OVERSAMPLING < width:
        vectors, values = _random(centred, wanted, seed)
    elif _is_small(centred) or wanted >= width - 1:
        vectors, values = _dense(centred, wanted)
    else:
        vectors, values = _lanczos(centred, wanted)
    return *_tidy(vectors, values, n, squared(centred)), kind


def squared(centred: sparse.csr_array) -> float:
    """Return the sum of all squared votes; never as a product, whose last digits hang on the number of threads."""
    return float(np.square(centred.data).sum())


def _is_small(centred: sparse.csr_array) -> bool:
    n = np.diff(centred.indptr).astype(np.float64)
    return centred.shape[1] <= _DENSE_STATEMENTS and float(n @ n) <= _DENSE_WORK


def _dense(centred: sparse.csr_array, n: int) -> tuple[Floats, Floats]:
    width = centred.shape[1]
    if not width:
        return np.zeros((0, 0)), np.zeros(0)
    gram = (centred.T @ centred).toarray()
    values, vectors = linalg.eigh(gram, subset_by_index=(width - n, width - 1))
    return vectors[:, ::-1].T, values[::-1]


def _lanczos(centred: sparse.csr_array, n: int) -> tuple[Floats, Floats]:
    width = centred.shape[1]
    turned = sparse.csr_array(centred.T)
    operator: Any = LinearOperator((width, width), matvec=lambda v: turned @ (centred @ v), dtype=np.float64)
    start = np.random.default_rng(0).standard_normal(width)  # fixed: the answer does not hang on it
    values, vectors = eigsh(operator, k=n, which="LA", v0=start, tol=0, ncv=min(width, max(2 * n + 1, 40)))
    order = np.argsort(-values)
    return vectors[:, order].T, values[order]


def _random(centred: sparse.csr_array, n: int, seed: int) -> tuple[Floats, Floats]:
    turned = sparse.csr_array(centred.T)
    basis = np.random.default_rng(seed).standard_normal((centred.shape[1], n + _OVERSAMPLING))
    for _ in range(_PASSES):
        basis = np.linalg.qr(turned @ (centred @ basis))[0]
    small = centred @ basis
    values, inner = linalg.eigh(small.T @ small)
    order = np.argsort(-values)[:n]
    return (basis @ inner[:, order]).T, values[order]


def _tidy(vectors: Floats, values: Floats, n: int, total: float) -> tuple[Floats, Floats]:
    """Fix signs, blank directions without any spread, and fill up to the number asked for."""
    directions = np.zeros((n, vectors.shape[1]))
    kept = np.zeros(n)
    for at, (vector, value) in enumerate(zip(vectors, values, strict=True)):
        if value > total * 1e-12:
            largest = vector[np.argmax(np.abs(vector))]
            directions[at] = vector if largest > 0 else -vector
            kept[at] = value
    return directions, kept
