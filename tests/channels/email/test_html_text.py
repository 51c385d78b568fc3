import pytest

from frontdesk.channels.email.html_text import html_to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("plain", "plain"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<div>one</div><div>two</div>", "one\n\ntwo"),
        ("<ul><li>one<li>two</ul>", "- one\n\n- two"),
        ("a &lt;b&gt; &amp;amp;", "a <b> &amp;"),
        ("a\n   b\t c", "a b c"),
        ("<head><title>no</title></head><style>no</style>yes<script>no</script>", "yes"),
        ('<a href="https://x.org/">here</a>', "here (https://x.org/)"),
        ('<a href="https://x.org">https://x.org</a>', "https://x.org"),
        ('<a href="mailto:a@x.org">a@x.org</a>', "a@x.org"),
        ('<a href="https://x.org"><img src="p"></a>', "https://x.org"),
        ('<a href="javascript:alert(1)">click</a>', "click"),
        ("<b>never <i>closed", "never closed"),
        ("<!-- hidden -->seen<!--", "seen"),
    ],
)
def test_html_reads_as_text(html: str, text: str):
    assert html_to_text(html) == text
