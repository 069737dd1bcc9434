"""What is shown to somebody who sorts: how alike texts are, by the suggester that the site is set to."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache

import numpy as np
from django.conf import settings
from django.utils.module_loading import import_string

from minga.deliberation.engine.suggesting import Floats, Said, Suggester, by_words

log = logging.getLogger("minga.deliberation")


def likeness(asked: Sequence[Said], known: Sequence[Said]) -> Floats:
    """Return how alike each text asked about is to each one known, 0 to 1.

    Where another suggester than our own fails, ours stands in: a page must not wait for a service that is away.
    """
    shape = (len(asked), len(known))
    if not asked or not known:
        return np.zeros(shape)
    try:
        found = np.asarray(_suggester(settings.SUGGESTER)(asked, known), dtype=np.float64)
        if found.shape != shape:
            raise ValueError(f"The suggester gave a table of {found.shape} instead of {shape}.")
    except Exception as wrong:  # whatever a model or a service does wrong
        if f"{by_words.__module__}.{by_words.__name__}" == settings.SUGGESTER:
            raise
        # its kind only: the words of an error may hold what people wrote
        kind = type(wrong).__name__
        log.warning("the suggester %s failed (%s); suggestions rest on words alone", settings.SUGGESTER, kind)
        found = by_words(asked, known)
    return np.clip(np.nan_to_num(found), 0.0, 1.0)


@cache
def _suggester(name: str) -> Suggester:
    found: Suggester = import_string(name)
    return found
