"""Descriptions of runs: Markdown of whoever logged it, made HTML that can do no harm."""

from __future__ import annotations

from jupyter_mlops.storage.base import Store

__all__ = ["note", "note_html"]

_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


def note(store: Store, text: str) -> dict[str, str]:
    """The ``html`` of a description, for a page that draws no Markdown of its own."""
    return {"html": note_html(text)}


def note_html(text: str) -> str:
    """The HTML of a Markdown text; HTML inside it is shown as text, images are left out as they ask another server.

    Examples
    --------
    >>> note_html("**bold** <script>alert(1)</script> [link](javascript:alert(1))")
    '<p><strong>bold</strong> &lt;script&gt;alert(1)&lt;/script&gt; <a href="#harmful-link" rel="noopener noreferrer">link</a></p>\\n'
    """
    import mistune  # only for runs that are described
    import nh3

    made = mistune.create_markdown(escape=True, plugins=["table", "strikethrough"])(text)
    return nh3.clean(str(made), tags=_TAGS, attributes={"a": {"href", "title"}}, url_schemes={"http", "https", "mailto"})
