"""Who wrote which post or comment."""

from __future__ import annotations

import pytest

import cleanbody
from cleanbody.html import read_html
from cleanbody.posts import authors

PROSE = "The ferry was late again, so we waited on the pier until the lamps were lit and the gulls had gone."


def named(source: str) -> list[str | None]:
    """The author of each paragraph of prose in the source, None where there is none."""
    document = read_html(source)
    posts = [i for i in range(len(document)) if document.block_text(i) == PROSE]
    found = authors(document, posts)
    return [found.get(i) for i in posts]


def post(name: str, body: str = f"<p>{PROSE}</p>") -> str:
    return f"<div class=post>{name}<div>{body}</div></div>"


@pytest.mark.parametrize(
    "names",
    [
        ["<a href='/u/wren'>Wren</a>", "<a href='/u/olm'>Olm</a>"],
        [
            "<a href='memberlist.php?mode=viewprofile&u=7'>Wren</a>",
            "<a href='memberlist.php?mode=viewprofile&u=8'>Olm</a>",
        ],
        ["<div class=username>Wren</div>", "<div class=username>Olm</div>"],
        ["<div class='post-author'>Wren</div>", "<div class='post-author'>Olm</div>"],
        ["<div class='userName'>Wren</div><p>12 posts</p>", "<div class='userName'>Olm</div>"],
        ["<a href='https://example.org/users/wren?tab=all'>Wren</a>", "<a href='/member.php?u=8'>Olm</a>"],
    ],
)
def test_the_name_that_stands_with_the_post(names: list[str]) -> None:
    assert named("".join(map(post, names))) == ["Wren", "Olm"]


@pytest.mark.parametrize(
    "source",
    [
        post("<a href='/about'>About</a>") * 2,  # a link to no profile
        post("<div class='authority'>Harbour</div>") * 2,  # a word that only begins alike
        post("<label class=name>Name</label>") * 2,  # the field of a form
        f"<a href='/u/wren'>Wren</a><p>{PROSE}</p><p>{PROSE}</p>",  # beside all posts: of none of them
        post("<a href='/u/wren'>" + "a long title of some other page " * 3 + "</a>") * 2,
        post("<div class=author>1,204</div>") * 2,
    ],
)
def test_what_is_no_name(source: str) -> None:
    assert named(source) == [None, None]


def test_each_block_of_a_post_has_its_author() -> None:
    two = f"<p>{PROSE}</p><p>{PROSE}</p>"
    assert named(post("<div class=author>Wren</div>", two) + post("<div class=author>Olm</div>")) == [
        "Wren",
        "Wren",
        "Olm",
    ]


def test_a_text_names_nobody() -> None:
    page = cleanbody.clean_text(f"Wren\n\n{PROSE}\n\nOlm\n\n{PROSE}")
    assert [block.author for block in page.blocks] == [None] * len(page.blocks)


def test_posts_of_a_forum_page_carry_their_authors() -> None:
    posts = "".join(
        f"<div itemprop=comment><a class=username href='/u/{n}'>{n}</a><p>{PROSE} {n} saw it.</p></div>"
        for n in ("ann", "bo")
    )
    kind = '<script type="application/ld+json">{"@type":"DiscussionForumPosting","headline":"The late ferry"}</script>'
    page = cleanbody.clean(f"<head>{kind}</head><h1>The late ferry</h1>{posts}", url="https://example.org/t/1")
    assert page.page_type is cleanbody.PageType.FORUM
    assert [b.author for b in page.blocks if "saw it" in b.text] == ["ann", "bo"]
