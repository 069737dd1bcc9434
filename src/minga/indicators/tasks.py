"""Long work: calculating an edition, rebuilding the alliance's own indexes. Both may run twice without harm."""

from __future__ import annotations

from typing import Any

from django_tasks import task

from minga.indicators import services
from minga.indicators.models import Edition
from minga.web import tasks


@task(queue_name="long", takes_context=True)
def calculate_edition(context: Any, name: str) -> str:
    """Calculate a draft's results."""
    edition = Edition.objects.filter(name=name, state=Edition.State.DRAFT).first()
    if edition is None:
        return "gone"  # deleted or proposed meanwhile: there is nothing left to do

    def tell(done: int, total: int) -> None:
        tasks.set_progress(context.task_result.id, done, total)

    return "problem" if services.calculate(edition=edition, progress=tell).problem else "calculated"


def start_calculation(edition: Edition) -> None:
    """Queue the calculation of a draft, and note which task does it."""
    result = calculate_edition.enqueue(edition.name)
    fresh = Edition.objects.get(pk=edition.pk)
    if fresh.state == Edition.State.DRAFT:
        services.set_task(edition=fresh, task=result.id)


def progress_of(edition: Edition) -> tuple[int, int] | None:
    """How far the calculation of a draft is; None where nothing is known."""
    return tasks.progress_of(edition.task) if edition.task else None
