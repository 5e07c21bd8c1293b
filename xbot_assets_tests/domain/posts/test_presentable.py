"""Traces of how a text was written down: taken off where they have one meaning, else a reason to refuse it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xbot_assets.domain.posts.presentable import presentable, presentation_problem


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("First line.\\nSecond line.", "First line.\nSecond line."),
        ("a\\nb", "a\nb"),
        ("One. \\n\\n Two.", "One.\n\nTwo."),
        ("Fresh and warm:\\nCut it cold.", "Fresh and warm:\nCut it cold."),
        ("One.\r\nTwo.\u2028Three.", "One.\nTwo.\nThree."),
        ("x<br>y<br/>z", "x\ny\nz"),
        ("**Bold** and __strong__", "Bold and strong"),
        ("***Both*** of *these* or _those_", "Both of these or those"),
        ("これは**大事**です", "これは大事です"),
        ("# A heading\nText", "A heading\nText"),
        ("Use `grep` twice", "Use grep twice"),
        ("```text\nHello there\n```", "Hello there"),
        ("Today:\n- soil\n- seeds", "Today:\n• soil\n• seeds"),
        ("Today:\n* soil\n+ seeds", "Today:\n• soil\n• seeds"),
        ('"The whole post."', "The whole post."),
        ("“The whole post.”", "The whole post."),
        ("'Don't stir it.'", "Don't stir it."),
        ('\\"Stir it,\\" she said.', '"Stir it," she said.'),
        ("Salt &amp; pepper &lt;3 &#39;n&#39; oil", "Salt & pepper <3 'n' oil"),
        ("a\x00b\x1bc\ud800d\ufeff", "abcd"),
        ("1/ Compost is alive.", "Compost is alive."),
        ("(1/4) Compost is alive.", "Compost is alive."),
        ("1/3: Compost is alive.", "Compost is alive."),
        ("„Kompost lebt.“", "Kompost lebt."),
        ("„Kompost żyje.”", "Kompost żyje."),
        ("»Kompost lebt.«", "Kompost lebt."),
        ("« Le compost vit. »", "Le compost vit."),
        ("”Komposten lever.”", "Komposten lever."),
        ("「堆肥は生きている。」", "堆肥は生きている。"),
        ("『堆肥は生きている。』", "堆肥は生きている。"),
        ('“Half smart."', "Half smart."),
        ("```Compost is alive.```", "Compost is alive."),
        ("~~~\nCompost is alive.\n~~~", "Compost is alive."),
        ('{"text": "Compost\\nis alive."}', "Compost\nis alive."),
        ('["Compost is alive."]', "Compost is alive."),
        ('{"posts": [{"text": "Compost is alive."}]}', "Compost is alive."),
        ("Sure! Here's a tweet about soil:\n\nCompost is alive.", "Compost is alive."),
        ("Here is a short post for you:\n“Compost is alive.”", "Compost is alive."),
        ("Tweet: Compost is alive.", "Compost is alive."),
        ("Caf\\u00e9 \\ud83c\\udf31 soon, it\\u2019s true", "Café 🌱 soon, it’s true"),  # noqa: RUF001
        ("a\u200bb\u00adc\u202ed\U000e0041", "abcd"),
        ("\x1b[1;32mGreen\x1b[0m \x9b4mline\x1b]0;title\x07", "Green line"),
        ("Tag it \\#soil, pay \\$5, rock \\& roll\\!", "Tag it #soil, pay $5, rock & roll!"),
        ("\\*\\*Bold\\*\\* and snake\\_case", "Bold and snake_case"),
        ("1\\. soil\n2\\. seeds", "1. soil\n2. seeds"),
        ("\\- soil\n\\- seeds", "• soil\n• seeds"),
        ("See https:\\/\\/example.com\\/a", "See https://example.com/a"),
        ('""Compost is alive.""', "Compost is alive."),
        ('"""Compost is "alive", they say."""', 'Compost is "alive", they say.'),
        ("''Compost is alive.''", "Compost is alive."),
        ('"**Tweet:** Compost is alive."', "Compost is alive."),
        ("<https://example.com/a>", "https://example.com/a"),
        ("Compost is alive.<|im_end|>\n", "Compost is alive."),
        ("Compost is alive.</s>", "Compost is alive."),
        ("Compost is alive.<\uff5cend\u2581of\u2581sentence\uff5c>", "Compost is alive."),
        ("\uff11\uff0f Compost is alive.", "Compost is alive."),
        ("1\u2044 Compost is alive.", "Compost is alive."),
    ],
)
def test_what_has_one_meaning_is_replaced(written: str, shown: str) -> None:
    """And what comes out needs nothing more."""
    assert presentable(written) == shown
    assert presentation_problem(shown) is None


@pytest.mark.parametrize(
    "text",
    [
        "#hashtag first",
        '"Stir it," she said, "and wait."',
        "1/5 of all food is thrown away.",
        "24/7 Care for tomatoes",
        "2 * 3 * 4 = 24, and snake_case_names stay",
        "1. soil\n2. seeds",
        "AT&T; and R&D",
        "C:\\new\\notes",
        "+1 for compost; 5 > 3",
        "https://example.com/a_b_c/_d_?x=*y*",
        "@_name_ and ¯\\_(ツ)_/¯",
        "C#, F# and 2*3*4",
        "x**2 is a square",
        "5 ** 2 is 25",
        "__init__.py runs first, then __main__ does",
        "> 90% of startups fail",
        ">= 3 eggs",
        "1/5: rate the show",
        "1/10: never again",
        "array[i](x) calls it; Vec<String> holds it",
        "&notit; is no entity, nor is Rock &roll;",
        "「一」と「二」",
        "„Eins“ und „zwei“",
        "Family 👨\u200d👩\u200d👧, می\u200cروم, क्\u200dष",
        "Flag \U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f of England",
        "Here's the post that changed my mind: read it",
        "We sing [chorus] twice (2/3 of the time)",
        "#️⃣ and \\o/ and \\(^o^)/",
        "{braces} stay",
        "\\*o*/ and \\o/, both cheer",
        "a --> b, a == b, and a ==> c",
        "grid[x][y]",
        'Six pipes of 4"',
        '"Stir it," she said.',
        "C:\\#soil",
        "1 / 2 cup of soil",
        "Ãos e Âmbar",
    ],
)
def test_what_only_looks_like_a_trace_stays(text: str) -> None:
    """Signs with a meaning of their own."""
    assert presentable(text) == text
    assert presentation_problem(text) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Half **bold", "Markdown"),
        ("A ` alone", "Markdown"),
        ("~~old~~ new", "Markdown"),
        ("| a | b |\n|---|---|", "Markdown"),
        ("See [this](https://example.com)", "link of Markdown"),
        ("It is <b>bold</b>", "HTML"),
        ("In Python \\n is a line break", "line break is meant"),
        ("Plan B:\\nCut it cold.", "line break is meant"),
        ("Twice escaped.\\\\nCut it cold.", "line break is meant"),
        ("1/5 Compost is alive", "part of a thread"),
        ("2/ Then water it", "part of a thread"),
        ("How soil works, a thread: 🧵", "part of a thread"),
        ("1/5: Compost is alive", "part of a thread"),
        ("1️⃣/3 Compost is alive", "part of a thread"),
        ("Compost is alive (1/3)", "part of a thread"),
        ("Fil 🧵 sur le compost", "part of a thread"),
        ("Thread: compost", "part of a thread"),
        ("# 1 reason to compost", "Markdown"),
        ("One.\n* * *\nTwo.", "Markdown"),
        ("- [ ] soil\n- [x] seeds", "Markdown"),
        ("![soil](soil.png)", "link of Markdown"),
        ("Read <link> now", "HTML"),
        ('{"text": "Compost", "hashtags": ["#soil"]}', "JSON"),
        ('"text": "Compost is alive."', "JSON"),
        ('Compost is alive."}', "JSON"),
        ("Here is a tweet: Compost is alive.", "words about the post"),
        ("Option 1: Compost is alive.", "words about the post"),
        ("Read more: [insert link here]", "placeholder"),
        ("Hello {{name}}", "placeholder"),
        ("Compost is alive.[1][2]", "source"),
        ("Compost is alive【4:0†soil.pdf】", "source"),
        ("So \\(x^2\\) grows", "TeX"),
        ("The sign \\nabla is read del", "line break is meant"),
        ("Caf\\xe9", "backslash and a number"),
        ("The escape \\u2019 is an apostrophe", "backslash and a number"),
        ("Caf\ufffd", "lost on the way"),
        ("donâ€™t", "another encoding"),
        ("CafÃ©", "another encoding"),
        ("Alive ðŸŒ±", "another encoding"),
        ("Smile \\U0001F600", "backslash and a number"),
        ("Smile \\u{1F600}", "backslash and a number"),
        ("<!-- ready --> Compost is alive.", "HTML"),
        ("Compost\n=======\nIt is alive.", "Markdown"),
        ("It is ==alive== now", "Markdown"),
        ("Alive, see [soil][1]\n[1]: https://example.com", "Markdown"),
        ('"Compost is alive.', "at one end only"),
        ('Compost is alive."', "at one end only"),
        ("“Compost is alive.", "at one end only"),
        ("[INST] Compost is alive. [/INST]", "model's own format"),
        ("<|im_start|>assistant\nCompost is alive.", "model's own format"),
        ("Alive<end_of_turn> and well", "model's own format"),
        ("Compost is alive \ue200cite\ue202turn0search1\ue201", "source"),
        ("Compost is alive :contentReference[oaicite:0]{index=0}", "source"),
        ("Compost is alive [cite: 3]", "source"),
        ("An apple \uf8ff a day", "private use"),
        ("1/🧵 Compost is alive", "part of a thread"),
        ("1 / 5 Compost is alive", "part of a thread"),
        ("1\u22155 Compost is alive", "part of a thread"),
        ("1/Compost is alive", "part of a thread"),
        ("①/③ Compost is alive", "part of a thread"),
        ("Tweet 1/3: Compost is alive", "part of a thread"),
        ("Part 1 of 3: Compost is alive", "part of a thread"),
        ("Thread 👇 Compost is alive", "part of a thread"),
    ],
)
def test_what_has_no_certain_meaning_is_refused_with_the_reason(text: str, said: str) -> None:
    """Each reason tells the writer what to change."""
    problem = presentation_problem(presentable(text))
    assert problem is not None
    assert said in problem


def test_segments_of_a_thread_may_be_numbered() -> None:
    """There the number says the truth, and a quotation may go on in the next one."""
    assert presentable("1/ Compost is alive.", single=False) == "1/ Compost is alive."
    assert presentation_problem("2/3 Then water it.", single=False) is None
    assert presentation_problem("“Then water it.", single=False) is None


@given(st.text(max_size=120) | st.text(alphabet="ab \n\\nrt*_`#-+>\"'&;1/()[]<br>", max_size=60))
def test_no_text_breaks_it_and_what_it_gives_can_be_stored(text: str) -> None:
    """PostgreSQL takes no NUL and no half of a character."""
    shown = presentable(text)
    assert "\x00" not in shown
    shown.encode("utf-8")
