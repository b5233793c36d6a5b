"""Markdown of articles: clean HTML whatever it holds, readable text, nothing lost that people write."""

import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.markdown.render import render, text_blocks, to_text

ATTRIBUTES = {
    "a": {"href", "title", "rel"}, "abbr": {"title"}, "code": {"class"}, "div": {"class"}, "p": {"class"},
    "ol": {"start"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"},
}  # fmt: skip
TAGS = set(
    "a abbr b blockquote br caption code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i ins kbd li mark ol p pre s samp"
    " small strong sub summary sup table tbody td tfoot th thead tr ul var".split()
)


class Check(HTMLParser):
    """What a browser would make of it: only known tags and attributes, only http, https and mailto."""

    def handle_starttag(self, tag, attrs):
        assert tag in TAGS
        for name, value in attrs:
            assert name in ATTRIBUTES.get(tag, ()), (tag, name)
            if name == "href":
                assert re.match(r"(?:https?://|mailto:)", value, re.IGNORECASE), value
            if name == "class":
                assert re.fullmatch(r"language-[\w+#.-]+|admonition(?:-title| [a-z]+)?|footnote", value)
        if tag == "a":
            assert dict(attrs)["rel"] == "noopener noreferrer nofollow"

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def check(html):
    checker = Check(convert_charrefs=True)
    checker.feed(html)
    checker.close()


def hostile(shared):
    folder = shared / "data" / "hostile"
    yield from (str(item["data"]) for item in json.loads((folder / "h5sc.json").read_text(encoding="utf-8")))
    yield from map(str, json.loads((folder / "xss_lines.json").read_text(encoding="utf-8")))
    yield from map(str, json.loads((folder / "blns.json").read_text(encoding="utf-8")))


@pytest.mark.shared
def test_no_script_handler_or_remote_resource_is_left_of_any_payload(shared):
    count = 0
    for payload in hostile(shared):
        for body in (payload, f"text\n\n[x]({payload}) ![y]({payload})\n\n> {payload}"):
            check(render(body).html)
            count += 1
    assert count > 3500


OWN = [
    "[a](javascript:alert(1))", "[a](JaVaScRiPt:alert(1))", "[a](\tjavascript:alert(1))", "[a](java&#10;script:alert(1))",
    "[a](data:text/html,<script>alert(1)</script>)", "[a](vbscript:x)", "<javascript:alert(1)>", "[a]: javascript:x\n\n[a]",
    "![a](x\" onerror=\"alert(1))", "![a](https://x.y/z.png)", "<img src=x onerror=alert(1)>", "<IMG SRC=`x` alt='<img src=y>'>",
    '<a title="<img src=x onerror=alert(1)>" href=https://x.y>b</a><img src=https://x.y alt=a>', "<svg><a xlink:href=x>y</a></svg>",
    "a {: onclick=alert(1) style=color:red id=x }", "# head {: onmouseover=x #location }", "<math><mtext></p><style><img src=x>",
    "<div markdown=1 onclick=x>**a**</div>", "<details open ontoggle=alert(1)>x</details>", "<meta http-equiv=refresh content=0>",
    "```\" onload=x\ny\n```", "```{.x onclick=y}\nz\n```", "<base href=//x>", "<form action=//x><input name=y></form>", "<a href=//x.y>z</a>",
    "<a href='https:x.y'>z</a>", "[x](/etc/passwd) [y](../z.md) [w](#top)", "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "*[a]: \" onclick=\"x\n\na", "[^1]\n\n[^1]: <script>x</script>", "!!! note \" onclick=x\n    <script>y</script>", "<style>@import '//x';</style>y",
]  # fmt: skip


@pytest.mark.parametrize("body", OWN)
def test_active_content_is_taken_out(body):
    check(render(body).html)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from(list("<>[]()!\"'`*_#|&;:/\\\n =-{}~^abh1\x00\x02é\ud800")), max_size=120))
def test_any_text_gives_clean_html_and_some_text(body):
    rendered = render(body)
    check(rendered.html)
    if re.search(r"[a-z]", body) and "<" not in body and "[" not in body and "{" not in body:
        assert to_text(rendered.html).strip()


def test_an_image_becomes_a_link_and_loads_nothing():
    html = render('![The error](https://x.y/z.png "t") and ![](media/a.png)').html
    assert '<a href="https://x.y/z.png" rel="noopener noreferrer nofollow">[The error]</a>' in html
    assert "[image]" in html
    assert "media" not in html


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("Cannot reach <Date> and <server name>.", "Cannot reach <Date> and <server name>."),
        (r"The path \\\\<server>\\share", r"\\<server>\share"),
        (r"Class \<GUID\> is missing", "Class <GUID> is missing"),
        ("`<Date>` and `a*b*c`", "`<Date>` and `a*b*c`"),
        ("one</br>two", "one\ntwo"),
        ("5 < 6 and a && b", "5 < 6 and a && b"),
        ("%1 failed in .....", "%1 failed in ....."),
        ("[a](https://b.c/d)", "a (https://b.c/d)"),
        ("<https://b.c>", "https://b.c"),
        ("text <!-- a note --> more", "text more"),
    ],
)
def test_placeholders_and_odd_spellings_are_kept(body, shown):
    assert shown in to_text(render(body).html)


def test_a_quote_keeps_its_lazy_lines():
    quote = [b for b in text_blocks(render("> The error\nwent on here\n\nafter").html) if b.quote]
    assert [b.text for b in quote] == ["The error went on here"]


@pytest.mark.parametrize("lead", ["", "   ", "    ", "> ", "> > ", "  >  "])
def test_fenced_code_is_code_wherever_it_stands(lead):
    body = (
        "- item\n\n"
        + "".join(f"{lead}{line}\n" for line in ("```output", "Error: <x>", "  deeper", "```"))
        + "\nafter\n"
    )
    code = [b for b in text_blocks(render(body).html) if b.kind == "code"]
    assert [(b.text, b.language) for b in code] == [("Error: <x>\n  deeper", "output")]


def test_an_unclosed_fence_in_a_quote_ends_with_the_quote():
    found = [(b.kind, b.text) for b in text_blocks(render("> ```\n> a\n\nafter").html)]
    assert found == [("code", "a"), ("text", "after")]


def test_a_fold_is_markdown_inside():
    found = text_blocks(render("<details>\n<summary>More</summary>\n\n> an `error`\n\n</details>\n").html)
    assert [(b.text, b.fold, b.quote) for b in found] == [("More", True, 0), ("an error", True, 1)]


def test_alerts_and_image_directives_become_words():
    text = to_text(
        render('> [!NOTE]\n> Take care.\n\n:::image type="content" source="a.png" alt-text="A *box*":::\n').html
    )
    assert "Note" in text
    assert "[!NOTE]" not in text
    assert "[image: A *box*]" in text


def test_text_for_a_terminal_reads_well():
    body = (
        "# Title\n\nSome **bold** words and a [link](https://x.y) that are long enough to be wrapped.\n\n"
        "1. one\n2. two\n    - deep\n\n```powershell\nGet-Service -Name 'a very long command line that is never broken'\n```\n\n"
        "| Code | Name |\n|---|---|\n| 5 | `ACCESS` |\n\n> quoted\n\n---\n"
    )
    assert to_text(render(body).html, 40) == (
        "Title\n=====\n\nSome bold words and a link (https://x.y)\nthat are long enough to be wrapped.\n\n1. one\n2. two\n"
        "  - deep\n\n    Get-Service -Name 'a very long command line that is never broken'\n\nCode | Name\n5 | `ACCESS`\n\n"
        "> quoted\n\n--------------------\n"
    )


@pytest.mark.shared
def test_real_articles_are_rendered_whole(shared):
    for path in sorted((shared / "data" / "ms-articles").glob("*.md"))[::9]:
        body = re.sub(r"\A<!--.*?-->\n---\n.*?\n---\n", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        rendered = render(body)
        assert not rendered.note
