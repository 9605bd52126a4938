"""HTML: what is seen, what is hidden, where links go; and the same text as a browser's parser finds."""

import re

import pytest
from selectolax.lexbor import LexborHTMLParser

from streams.mail import flags, headers
from streams.mail.html import read_html
from streams.mail.parse import _content
from tests.unit.mail.corpora import messages, needs_data


def _text(source: str) -> str:
    return read_html(source, set()).text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a<b>b</b>c", "abc"), ("a<br>b", "a\nb"), ("<p>a</p><p>b</p>", "a\n\nb"), ("<div>a</div><div>b</div>", "a\nb"),
        ("<div>a<br></div><div>b</div>", "a\nb"), ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ("  a \n b  ", "a b"), ("<pre>a\n  b</pre>", "a\n  b"), ("<ul><li>a<li>b</ul>", "a\nb"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc"), ("a<script>b</script>c", "ac"), ("a<style>b</style>c", "ac"),
        ("a<!-- b -->c", "ac"), ("a<!-->b-->c", "ab-->c"), ("a<!--b", "a"), ("a<title>b</title>c", "ac"),
        ("a<![CDATA[b]]>c", "ac"), ("a<?php b ?>c", "ac"), ("&lt;b&gt; &amp; &eacute;&#233;&#xe9;", "<b> & ééé"), ("a &lt b", "a < b"),
        ("&#0;&#1;&#55296;x", "\ufffd\ufffdx"), ("&#" + "9" * 5000 + ";x", "\ufffdx"), ("1 < 2 > 1", "1 < 2 > 1"),
        ("a<b title='>'>c", "ac"), ('a<b title="x>c', "a"), ("<img alt='Logo'> a", "Logo a"), ("a\x00b\x01\x02c", "abc"),
        ("a<hr>b", "a\n" + "_" * 32 + "\nb"), ("a\u00a0b", "a b"),
        ("<blockquote type=cite>a<br>b<blockquote class=gmail_quote>c</blockquote></blockquote>d", "> a\n> b\n>\n>> c\n\nd"),
        ("<blockquote>indented</blockquote>", "indented"), ("<iframe>a</iframe><noscript>b</noscript>", "b"),
    ],
)  # fmt: skip
def test_the_text_that_is_seen(source, text):
    assert re.sub(r" +\n", "\n", _text(source)) == text


@pytest.mark.parametrize(
    "hidden",
    [
        "<p style='display:none'>X</p>", "<p style='DISPLAY : none !important'>X</p>", "<p hidden>X</p>", "<div hidden=''><p>X</div>",
        "<span style='visibility:hidden'>X</span>", "<span style='font-size:0'>X</span>", "<span style='font-size: 0px;'>X</span>",
        "<span style='opacity:0'>X</span>", "<span style='opacity: 0.0;'>X</span>", "<div style='max-height:0;overflow:hidden'>X</div>",
        "<template>X</template>", "<p style='color:red;display:none'>X<b>X</b>", "<div style='display:none'><table><tr><td></div>X</table></div>",
        "<div style='display:none'>X<div>X</div>X</div>", "<b style='display:none'><p>X</b>",
    ],
)  # fmt: skip
def test_hidden_text_is_left_out_and_flagged(hidden):
    odd: set[str] = set()
    assert read_html(f"<p>seen</p>{hidden}", odd).text == "seen"
    assert flags.HIDDEN_TEXT in odd


@pytest.mark.parametrize(
    "source",
    [
        "<td style='font-size:0px'><div style='font-size:13px'>seen</div></td>",  # how newsletters remove gaps
        "<div style='visibility:hidden'><p style='visibility:visible'>seen</p></div>",
        "<p style='display:none'></p>seen", "<p style='display:none'><p>seen</p>", "<p style='display:block'>seen</p>",
        "<p style='font-size:0.9em'>seen</p>", "<p style='opacity:0.5'>seen</p>", "<p style='max-height:0'>seen</p>",
        "<li hidden><li>seen", "<td hidden><td>seen", "<p title='display:none'>seen</p>", "<br hidden>seen", "</p hidden>seen",
    ],
)  # fmt: skip
def test_text_that_only_looks_hidden_is_kept(source):
    assert _text(source) == "seen"


@pytest.mark.parametrize(
    ("source", "links"),
    [
        ("<a href='https://x.example/?a=1&amp;b=2'>go <b>there</b></a>", [("go there", "https://x.example/?a=1&b=2")]),
        ("<a href=https://x.example>a<a href=https://y.example>b", [("a", "https://x.example"), ("b", "https://y.example")]),
        ("<a href=' java\nscript:x '>a</a>", [("a", "javascript:x")]), ("<a href='#top'>a</a><a name=x>b</a>", []),
        ("<a href='https://x.example'><img alt='Pay now'></a>", [("Pay now", "https://x.example")]),
        ("<p hidden><a href='https://x.example'>a</a></p>", []), ("<a href='https://x.example'><p>a</p></a>", [("a", "https://x.example")]),
    ],
)  # fmt: skip
def test_links_with_what_the_reader_sees(source, links):
    assert [(link.text, link.target) for link in read_html(source, set()).links] == links


def test_forms_and_scripts_are_flagged():
    odd: set[str] = set()
    read_html("<form><input></form><script>x</script>", odd)
    assert odd == {flags.FORM, flags.SCRIPT}


# Text in a second <html> or <body>, which a browser moves; text of zero size, which it would not show either.
DIFFERENT = {"00867.837631a8172cf448af7e15d4bedba95e.txt", "00868.76cd0137b596a4e0c0e3ae3e416479aa.txt", "zerofont.eml"}


@needs_data
@pytest.mark.parametrize(("archive", "least"), [("spamassassin", 600), ("mime-torture", 50), ("modern-inbox-dev", 10)])
def test_real_html_reads_as_in_a_browsers_parser(archive, least):
    compared, different = 0, set()
    for name, raw in messages(archive):
        head, rest = headers.split_message(raw, set())
        for passage in _content(head, rest, set()).passages if head.fields else []:
            if not passage.html or len(passage.html) > 100_000:
                continue
            compared += 1
            source = re.sub(r"(?i)\balt\s*=", "xlt=", passage.html)
            if _letters(read_html(source, set()).text) != _letters(_as_a_browser(source)):
                different.add(name.rsplit("/", 1)[-1])
    assert compared >= least
    assert different <= DIFFERENT


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _as_a_browser(source: str) -> str:
    tree = LexborHTMLParser(source)
    for node in tree.css("script,style,title,head,iframe,noframes,textarea,template,xmp,noembed,[hidden]"):
        node.decompose()
    for node in tree.css("[style]"):
        if re.search(r"display\s*:\s*none|visibility\s*:\s*hidden", (node.attributes.get("style") or "").lower()):
            node.decompose()
    return tree.body.text(separator=" ") if tree.body else ""
