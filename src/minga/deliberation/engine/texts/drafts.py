"""A version of a draft in the format that is asked for."""

from __future__ import annotations

from minga.deliberation.engine.errors import ExportError
from minga.deliberation.engine.texts.document import DraftText, Labels

#: Formats by the ending of a file, with what the web calls them; PDF is made of the page.
FORMATS = {
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xml": "application/akn+xml; charset=utf-8",
}


def write_draft(draft: DraftText, ending: str, labels: Labels | None = None, *, with_trace: bool = False) -> bytes:
    """Write a version of a draft.

    Parameters
    ----------
    draft : DraftText
    ending : str
        "md", "html", "docx", or "xml" for Akoma Ntoso.
    labels : Labels, optional
        The words around the text; English without it.
    with_trace : bool
        Lists under each clause the voices, answers and evidence behind it.

    Raises
    ------
    ExportError
        There is no such format.
    """
    if ending == "md":
        from minga.deliberation.engine.texts.markdown import write_markdown

        return write_markdown(draft, labels, with_trace=with_trace).encode()
    if ending == "html":
        from minga.deliberation.engine.texts.html import write_html

        return write_html(draft, labels, with_trace=with_trace).encode()
    if ending == "docx":
        from minga.deliberation.engine.texts.word import write_docx

        return write_docx(draft, labels, with_trace=with_trace)
    if ending == "xml":
        from minga.deliberation.engine.texts.akoma import write_akoma_ntoso

        return write_akoma_ntoso(draft, labels, with_trace=with_trace)
    raise ExportError(f"A draft cannot be written as {ending!r}. Choose one of {', '.join(FORMATS)}.")
