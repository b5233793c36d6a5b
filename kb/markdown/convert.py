"""Markdown to clean HTML, without a limit of time: the part that runs in the child for texts that may be slow.

Takes the body of an article, gives HTML that holds nothing but the tags and attributes below: no image, style, script,
form or id, no address but http, https and mailto. Python-Markdown makes the HTML, nh3 parses it again as a browser would
and writes down only what is listed. Knows nothing of time limits, files or terminals.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

import markdown
import nh3
from markdown.extensions import Extension
from markdown.inlinepatterns import HTML_RE, HtmlInlineProcessor
from markdown.preprocessors import Preprocessor

if TYPE_CHECKING:
    from collections.abc import Iterator

EXTENSIONS = ("extra", "sane_lists", "admonition")
CONTENTS = "[TOC]"  # where it stands a list of the headings is put; what else that extension does is taken out again
TAGS = frozenset(
    "a abbr b blockquote br caption code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i ins kbd li mark ol p pre s"
    " samp small strong sub summary sup table tbody td tfoot th thead tr ul var".split()
)
# Tags whose markup is dropped and whose text stays. Every other name in angle brackets is text: a placeholder such as
# <Date> or <server> is part of the message that an article quotes.
DROPPED = frozenset(
    "big body button center cite dfn div em fieldset figcaption figure font footer form head header html iframe img input"
    " label legend link main meta nav noscript object embed p picture q script section select source span strike style"
    " svg math textarea title tt u video audio wbr".split()
)
ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),  # without it nh3 lets lang and title pass everywhere
    "a": {"href", "title"},
    "abbr": {"title"},
    "code": {"class"},
    "div": {"class"},
    "ol": {"start"},
    "p": {"class"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
SCHEMES = {"http", "https", "mailto"}
_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\x00-\x20]", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,4}")
_LANGUAGE = re.compile(r"language-[A-Za-z0-9_+#.-]{1,30}")
_ADMONITION = re.compile(r"admonition(?: [a-z]{1,20})?|footnote")
_VALUES = {
    ("a", "href"): _ADDRESS.match,
    ("code", "class"): _LANGUAGE.fullmatch,
    ("div", "class"): _ADMONITION.fullmatch,
    ("ol", "start"): _NUMBER.fullmatch,
    ("p", "class"): re.compile("admonition-title").fullmatch,
    ("td", "colspan"): _NUMBER.fullmatch,
    ("td", "rowspan"): _NUMBER.fullmatch,
    ("th", "colspan"): _NUMBER.fullmatch,
    ("th", "rowspan"): _NUMBER.fullmatch,
}
_IMAGE = re.compile(r'<img((?: (?:alt|src)="[^"]*")*)>')
_IMAGE_PART = re.compile(r' (alt|src)="([^"]*)"')


def to_html(body: str) -> str:
    """Clean HTML of `body`. May take minutes on hostile text; may raise whatever Python-Markdown raises."""
    parser = _parser(CONTENTS in body)
    parser.reset()
    try:
        return clean(str(parser.convert(body)))
    except BaseException:
        _parser.cache_clear()  # a parser that broke off keeps a state that reset() does not know
        raise


def clean(html: str) -> str:
    """`html` with nothing in it but what TAGS, ATTRIBUTES and SCHEMES allow; an image becomes a link to itself."""
    if "<img" in html.lower():
        # Two passes: only what nh3 wrote has one known form, and what is put in for an image is cleaned like the rest.
        html = _IMAGE.sub(_image_link, _clean(html, TAGS | {"img"}, {**ATTRIBUTES, "img": {"src", "alt"}}))
    return _clean(html, TAGS, ATTRIBUTES)


def _clean(html: str, tags: frozenset[str], attributes: dict[str, set[str]]) -> str:
    return nh3.clean(
        html,
        tags=set(tags),
        attributes=attributes,
        attribute_filter=_filter,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )


def _filter(tag: str, attribute: str, value: str) -> str | None:
    allowed = _VALUES.get((tag, attribute))
    return value if allowed is None or allowed(value) else None


def _image_link(match: re.Match[str]) -> str:
    parts = dict(_IMAGE_PART.findall(match[1]))
    text = parts.get("alt") or "image"
    return f'<a href="{parts.get("src", "")}">[{text}]</a>'.replace("[[", "[").replace("]]", "]")


@cache
def _parser(contents: bool) -> markdown.Markdown:
    return markdown.Markdown(extensions=[*EXTENSIONS, *(["toc"] if contents else []), _Articles()])


class _Articles(Extension):
    """What support articles hold beyond Markdown, and one tag rule of our own."""

    def extendMarkdown(self, md: Any) -> None:
        md.preprocessors.register(_Fences(md), "kb_fences", 27)  # before fenced_code (25), after white space (30)
        md.preprocessors.register(
            _Directives(md), "kb_directives", 24
        )  # after code is put away, before html_block (20)
        md.ESCAPED_CHARS.append("<")  # CommonMark has it, and placeholders are written so: \<GUID>
        md.inlinePatterns.register(_KnownTags(HTML_RE, md), "html", 90)  # in place of the built-in of that name


class _KnownTags(HtmlInlineProcessor):
    """Raw inline HTML only for names that are HTML; anything else in angle brackets stays text."""

    _NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)(?=[\s/>])")

    def handleMatch(self, m: re.Match[str], data: str) -> Any:  # type: ignore[override]
        text = m.group(1)
        name = self._NAME.match(text)
        if name is not None and name[1].lower() not in TAGS | DROPPED:
            return None, None, None
        return super().handleMatch(m, data)


class _Fences(Preprocessor):
    """Fenced code, also indented in lists and inside quotes, where Python-Markdown does not see it. Linear."""

    _OPEN = re.compile(r"(?P<lead> {0,16}(?:> ?){0,8} {0,16})(?P<fence>`{3,}|~{3,})(?P<info>[^`\n]*)")

    def run(self, lines: list[str]) -> list[str]:
        result: list[str] = []
        source = iter(lines)
        for line in source:
            opened = self._OPEN.fullmatch(line)
            if opened is None:
                result.append(line)
                continue
            after: list[str] = []
            code = list(self._code(source, opened["lead"], opened["fence"], after))
            blank = opened["lead"].rstrip()
            place = self.md.htmlStash.store(self._block(code, opened["info"]))
            result += [blank, opened["lead"] + place, blank, blank, *after]
        return result

    def _code(self, source: Iterator[str], lead: str, fence: str, after: list[str]) -> Iterator[str]:
        """Lines up to the closing fence, else to the end of the quote or text (CommonMark 0.31, 4.5)."""
        depth = lead.count(">")
        for line in source:
            text = line
            for _ in range(depth):
                bare = text.lstrip(" ")
                if not bare.startswith(">"):
                    after.append(line)
                    return
                text = bare[1:].removeprefix(" ")
            stripped = text.strip()
            if len(stripped) >= len(fence) and not stripped.strip(fence[0]):
                return
            indent = len(lead) if not depth else len(lead) - len(lead.rstrip(" ")) - 1
            yield text[: max(indent, 0)].lstrip(" ") + text[max(indent, 0) :]

    @staticmethod
    def _block(code: list[str], info: str) -> str:
        language = re.match(r"[{. ]*([A-Za-z0-9_+#.-]{1,30})", info)
        name = f' class="language-{language[1].lower()}"' if language else ""
        return f"<pre><code{name}>{escape(chr(10).join(code).rstrip(), quote=False)}\n</code></pre>"


class _Directives(Preprocessor):
    """Alerts, image directives and HTML folds of the support articles of Microsoft's repositories, as plain Markdown."""

    _ALERT = re.compile(r"((?:\s*>)+\s*)\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*", re.IGNORECASE)
    _ALT = re.compile(r'alt-text="([^"]*)"')

    def run(self, lines: list[str]) -> list[str]:
        return [self._line(line) for line in lines]

    def _line(self, line: str) -> str:
        bare = line.strip()
        if bare.startswith(":::image") and bare.endswith(":::") and len(bare) > len(":::image:::"):
            alt = self._ALT.search(bare)
            indent = line[: len(line) - len(line.lstrip())]
            return indent + "\\[image: " + re.sub(r"([\\`*_\[\]<>])", r"\\\1", alt[1] if alt else "") + "\\]"
        if bare.startswith(">"):
            alert = self._ALERT.fullmatch(line)
            return f"{alert[1]}**{alert[2].capitalize()}**  " if alert else line
        # What stands inside a fold is Markdown there; Python-Markdown wants to be told.
        return line.replace("<details", '<details markdown="1"', 1) if bare.startswith("<details") else line
