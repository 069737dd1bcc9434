"""Long work: calculating an edition, rebuilding the alliance's own indexes. Both may run twice without harm."""

from __future__ import annotations

from uuid import uuid4

from django_tasks import task

from minga.indicators import services
from minga.indicators.models import Edition
from minga.web import tasks


@task(queue_name="long")
def calculate_edition(name: str, key: str) -> str:
    """Calculate a draft's results; `key` is where it tells how far it is."""
    edition = Edition.objects.filter(name=name, state=Edition.State.DRAFT).first()
    if edition is None:
        return "gone"  # deleted or proposed meanwhile: there is nothing left to do

    def tell(done: int, total: int) -> None:
        tasks.set_progress(key, done, total)

    return "problem" if services.calculate(edition=edition, progress=tell).problem else "calculated"


def start_calculation(edition: Edition) -> None:
    """Queue the calculation of a draft, and note under which key it tells how far it is."""
    key = uuid4()
    services.set_task(edition=edition, task=key)
    calculate_edition.enqueue(edition.name, str(key))


def progress_of(edition: Edition) -> tuple[int, int] | None:
    """How far the calculation of a draft is; None where nothing is known."""
    return tasks.progress_of(edition.task) if edition.task else None
