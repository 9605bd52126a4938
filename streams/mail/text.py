"""The visible text of a message, from its passages: text/plain where that says something, else the HTML."""

import re
from dataclasses import dataclass
from typing import Final

from streams.mail import flags, limits
from streams.mail.body import Passage
from streams.mail.clean import tidy
from streams.mail.html import Page, read_html
from streams.mail.model import Link

_STUB_CHARS: Final = 400
_STUB: Final = re.compile(
    r"(?:require|support|enable|view|read|display|see|open|use|lis|afficher|anzeigen|ver)\w{0,6}\b.{0,80}"
    r"\b(?:html|browser|navigat|navegador|online version|web version|webversion)",
    re.IGNORECASE | re.DOTALL,
)
_URL: Final = re.compile(r"https?://[^\s<>\"'\x60{}|\\^]{1,2000}+")  # case-sensitive: that finds "http" at once
_SHOUTED: Final = re.compile(r"\bHTTPS?://", re.IGNORECASE)
_SCHEME: Final = re.compile("://")  # a pattern finds it sooner than "in" does
_NO_PAGE: Final = Page(text="", links=(), tokens=0)
_TRAILING: Final = ".,;:!?)]}>*_"


@dataclass(slots=True, kw_only=True)
class Visible:
    """What is read on the screen."""

    text: str = ""
    links: tuple[Link, ...] = ()
    is_html: bool = False


def visible(passages: list[Passage], odd: set[str]) -> Visible:
    """The text and links of all passages, in order, within bounds."""
    texts: list[str] = []
    links: list[Link] = []
    tokens = limits.HTML_TAGS
    is_html = False
    for passage in passages:
        plain = tidy(passage.plain)
        page = _NO_PAGE
        if passage.html:
            is_html = True
            if not passage.html.isspace():
                page = read_html(passage.html, odd, most_tokens=tokens)
                tokens -= page.tokens
        if page.text and _is_stub(plain, page.text):
            if passage.plain:
                odd.add(flags.PLAIN_IS_STUB)
            plain = tidy(page.text)
        texts.append(plain)
        links.extend(page.links or _links_of(plain))
    text = "\n\n".join(filter(None, texts))
    if len(text) > limits.TEXT_CHARS:
        odd.add(flags.TEXT_CUT)
        text = text[: limits.TEXT_CHARS].rstrip()
    return Visible(text=text, links=tuple(links[: limits.LINKS]), is_html=is_html)


def _is_stub(plain: str, page: str) -> bool:
    """Whether the plain text only stands in for the HTML, as in "Your mail program does not support HTML"."""
    if len(plain) > _STUB_CHARS or len(page) < 2 * len(plain):
        return not plain
    return len(plain) * 10 < len(page) or _STUB.search(plain) is not None


def _links_of(text: str) -> list[Link]:
    if not _SCHEME.search(text):
        return []
    if "HTTP" in text:
        text = _SHOUTED.sub(lambda scheme: scheme[0].lower(), text)
    urls = dict.fromkeys([url.rstrip(_TRAILING) for url in _URL.findall(text)])
    return [Link(text=url[: limits.LINK_TEXT_CHARS], target=url) for url in list(urls)[: limits.LINKS]]
