"""Names in the text of the website that lead to their pages."""

import re
from typing import Any

import api_pages
from docutils import nodes


def link_names(app: Any, doctree: nodes.document, page: str) -> None:
    """Make of every ``rn.something`` in the text a link to its page."""
    known = api_pages.names()
    for literal in list(doctree.findall(nodes.literal)):
        name = re.match(r"rn\.([\w.]+)", literal.astext())
        if name is None or name[1] not in known or isinstance(literal.parent, nodes.reference | nodes.title):
            continue
        target = f"generated/api/{name[1]}"
        if target == page:
            continue
        link = nodes.reference("", "", internal=True, refuri=app.builder.get_relative_uri(page, target))
        literal.replace_self(link)
        link += literal
