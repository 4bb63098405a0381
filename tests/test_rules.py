"""The rules: for every row a case in which it holds and a near miss, and how rows are read and evaluated."""

from __future__ import annotations

import math
import re
from array import array
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanbody.features import COLUMNS, INDEX, Hints, Table, compute
from cleanbody.html import read_html
from cleanbody.lexicon import Lexicon
from cleanbody.page import Label, Reason
from cleanbody.plaintext import read_text
from cleanbody.rules import RULES, VETO, Condition, Rule, evaluate

# One phrase and one class name of each kind, so that a case says which words it is about.
LEXICON = Lexicon.of(
    [
        ("comment-prompt", "any", "leave a reply"),
        ("comment-prompt", "whole", "website"),
        ("comment", "any", "# comments"),
        ("share", "any", "share on facebook"),
        ("newsletter", "any", "sign up for our newsletter"),
        ("paywall", "any", "subscribe to read on"),
        ("cookie-notice", "any", "we use cookies"),
        ("cookie-notice", "any", "accept all"),
        ("advert", "any", "advertisement"),
        ("breadcrumb", "any", "you are here"),
        ("navigation", "any", "main menu"),
        ("teaser", "start", "read also"),
        ("teaser", "any", "related articles"),
        ("byline", "start", "written by"),
        ("author-bio", "any", "about the author"),
        ("footer", "any", "all rights reserved"),
        ("pagination", "any", "page # of #"),
    ],
    {
        "comment": {"comments": 1.0},
        "share": {"share": 1.0},
        "newsletter": {"newsletter": 1.0},
        "paywall": {"paywall": 1.0},
        "cookie-notice": {"cookies": 1.0},
        "advert": {"ad": 1.0},
        "breadcrumb": {"breadcrumbs": 1.0},
        "navigation": {"menu": 1.0},
        "teaser": {"teaser": 1.0},
        "byline": {"byline": 1.0},
        "author-bio": {"bio": 1.0},
        "footer": {"foot": 1.0},
        "pagination": {"pager": 1.0},
    },
)
TITLE = "Heavy rain floods the lower valley"
A = "It rained all day, and in the evening, when nobody minded any more, it rained still on hills and roofs alike."
B = "The miller counted sacks by the light of a lamp that smoked a little, and the dogs slept under the long table."
AB = f"{A} {B}"
MUSEUM = "Museum opens doors to young painters"
LONG = f"{AB} {AB} {AB}"
STORY = f"<h1>{TITLE}</h1><p>{A}</p><p>{B}</p>"
BARE = f"{TITLE}\n\n{A}\n\n{B}"


class Case(NamedTuple):
    """A page (or a text, where it does not begin with a tag), and the last block in it with the text in question."""

    source: str
    block: str


def under(block: str, text: str | None = None) -> Case:
    """The element `block` below a story."""
    return Case(STORY + block, text if text is not None else re.sub(r"<[^>]*>", "", block))


def over(block: str, text: str | None = None) -> Case:
    """The element `block` above a story."""
    return Case(f"<div>{block}</div>{STORY}", text if text is not None else re.sub(r"<[^>]*>", "", block))


def amid(block: str) -> Case:
    """The element `block` between two paragraphs."""
    return Case(f"<h1>{TITLE}</h1><p>{A}</p>{block}<p>{B}</p>", re.sub(r"<[^>]*>", "", block))


def bare(line: str) -> Case:
    """A line between two paragraphs of a text."""
    return Case(f"{TITLE}\n\n{A}\n\n{line}\n\n{B}", line)


PROSE = [
    "The miller counted sacks by the light of a lamp that smoked a little, and the dogs slept under the long table.",
    "Carts came down from the farms one after another, and nobody asked how deep the water stood behind the mill.",
    "An old woman had carried her clock across three fields and would not put it down before it had struck seven.",
    "When the bells began at last, boys climbed up to the loft and shouted names of ships which nobody had heard of.",
]


STORIES = "\n".join(f"• Ferry company orders another boat {k}" for k in range(20))
NOTICE = "By staying here you agree that small files are kept."


def column(*lines: str, after: int = 2) -> str:
    """A text of four paragraphs, with lines after one of them."""
    return "\n\n".join([TITLE, *PROSE[:after], *lines, *PROSE[after:]])


def inside(*blocks: str) -> Case:
    """A page of four paragraphs with elements after the second, the first of which is in question."""
    before, after = ("".join(f"<p>{one}</p>" for one in some) for some in (PROSE[:2], PROSE[2:]))
    return Case(f"<h1>{TITLE}</h1>{before}{''.join(blocks)}{after}", re.sub(r"<[^>]*>", "", blocks[0]))


def headed(block: str, text: str | None = None) -> Case:
    """An element between the headline of a page, that stands below a menu, and its first paragraph."""
    menu = "".join(f"<p>{one}</p>" for one in SHORT * 2)
    body = "".join(f"<p>{one}</p>" for one in PROSE * 2)
    return Case(f"{menu}<h1>{TITLE}</h1>{block}{body}", text if text is not None else re.sub(r"<[^>]*>", "", block))


def top(line: str) -> Case:
    """A line between the headline of a text and its first paragraph."""
    return Case("\n\n".join([TITLE, line, *PROSE * 2]), line)


def end(*lines: str) -> Case:
    """Lines below a text of many paragraphs; the case is about the first."""
    return Case("\n\n".join([TITLE, *PROSE * 5, *lines]), lines[0])


SHORT = ["Plans", "Puzzles", "Podcasts"]
END = "The Daily of the hills, all rights reserved in all lands of the world and beyond, as ever"
FROM = "Museum opens from Monday to young painters"


def article(block: str) -> Case:
    """The element `block` at the end of the element that holds all prose."""
    prose = f"<p>{A}</p><p>{B}</p>" * 3
    return Case(f"<div>{prose}{block}</div>", re.sub(r"<[^>]*>", "", block))


def beside(block: str) -> Case:
    """The element `block` beside the element that holds all prose."""
    prose = f"<p>{A}</p><p>{B}</p>" * 3
    return Case(f"<div>{prose}</div><div>{block}</div>", re.sub(r"<[^>]*>", "", block))


Cases = tuple[list[Case], list[Case]]
ROWS: dict[str, Cases] = {  # by name of the rule: cases for it, and cases against it
    "title-copy": (
        [under(f"<p>{TITLE.upper()}"), under(f"<h2>{TITLE} | The Daily"), Case(f"{BARE}\n\n{TITLE}", TITLE)],
        [Case(STORY, TITLE), amid("<p>Heavy rain floods the"), amid("<h2>The floods of the lower valley")],
    ),
    "title-near-copy": (
        [under("<p>The lower valley: heavy rain floods"), bare("Lower valley floods: the heavy rain")],
        [
            amid("<h2>Heavy rain floods the upper valley"),
            Case(STORY, TITLE),
            Case(f"News {TITLE}\n\n{BARE}", f"News {TITLE}"),
        ],
    ),
    "block-copy": (
        [Case(f"<p>{A}</p><p>{B}</p><p>{A}</p>", A), Case(f"{A}\n\n{B}\n\n{A}", A)],
        [Case(f"<p>Rain fell.</p><p>{B}</p><p>Rain fell.", "Rain fell."), Case(f"<p>{A}</p><p>{B}", A)],
    ),
    "title-behind-trail": (
        [
            Case(f"Home News {TITLE}\n\n{BARE}", f"Home News {TITLE}"),
            over(f"<p>Home &gt; News &gt; {TITLE}", f"Home > News > {TITLE}"),
        ],
        [
            bare(f"{TITLE} and both of the bridges"),
            over(f"<p>{'Home ' * 12}{TITLE}"),
            under(f"<h2>Reply to {TITLE}"),
        ],
    ),
    "title-behind-words": (
        [under(f"<h2>Reply to {TITLE}"), bare(f"Home News {TITLE}")],
        [over(f"<p>Home News {TITLE}"), under(f"<p>Who says that {TITLE}?"), under(f"<p>{TITLE}")],
    ),
    "trail-marked-up": (
        [over("<p class=breadcrumbs>Home News Rain")],
        [over(f"<p class=breadcrumbs>{AB}"), over("<p>Home News")],
    ),
    "trail-of-links": (
        [over("<p><a href=x>Home page</a> > <a href=y>Local news</a> > Rain")],
        [
            over("<p>Home page > Local news > Rain"),
            under("<p><a href=x>Home page</a> > <a href=y>Local news</a> > Rain"),
        ],
    ),
    "trail-of-words": (
        [over("<p>Home / News / Rain"), Case(f"Home / News / Rain\n\n{BARE}", "Home / News / Rain")],
        [
            under("<p>Home / News / Rain"),
            over("<p>Wind / rain / snow were seen."),
            over("<p>Home / News Rain"),
            over("<p>A / B / 12.3.2020"),
            over("<p>• Home / News"),
            over("<p>[ Home | News ] [, ...]"),
        ],
    ),
    "row-of-words": (
        [Case(f"<div><h1>{TITLE}</h1><p>Mail | Print | Save</p></div><p>{LONG}</p>", "Mail | Print | Save")],
        [over("<p>Mail | Print | Save"), under("<p>Mail | Print | Save"), amid("<p>Mail / print / save it.")],
    ),
    "title-line": (
        [Case(f"Rivers | The Daily\n\n{TITLE}\n\n{TITLE}\n\n{AB}\n\n{LONG}", "Rivers | The Daily")],
        [
            Case(f"{TITLE} | The Daily\n\n{AB}\n\n{LONG}", f"{TITLE} | The Daily"),  # all there is of the headline
            Case(f"Bridges and rivers\n\n{AB}\n\n{LONG}", "Bridges and rivers"),
            Case(f"{AB}\n\nBridges | rivers | roads\n\n{LONG}", "Bridges | rivers | roads"),
            over("<p>Bridges and rivers | The Daily</p>"),
        ],
    ),
    "trail-phrase": (
        [over("<p>You are here: News Rain")],
        [under("<p>You are here: News Rain"), over(f"<p>{A} You are here, said Ann.")],
    ),
    "nav-element": (
        [over("<nav><p>Weather of today</p></nav>")],
        [over(f"<nav><p>{AB}</p></nav>"), over("<header><p>Weather")],
    ),
    "nav-phrase": ([over("<p>Main menu")], [over("<p>Main menu of the house in which we stayed")]),
    "link-list": (
        [over("<ul><li><a href=x>Wind</a><li><a href=y>Snow</a><li><a href=z>Local news</a></ul>", "Local news")],
        [
            over("<ul><li>Wind<li>Snow<li>Local news</ul>", "Local news"),
            over("<ul><li>Wind fell<li>Snow fell<li><a href=x>Local news</a></ul>", "Local news"),
            over("<p><a href=x>Local news</a>"),
        ],
    ),
    "link-row": (
        [over("<p><a href=x>Wind</a> <a href=y>Snow</a> <a href=z>Ice</a>")],
        [
            over("<p><a href=x>Wind</a> <a href=y>Snow</a>"),
            amid("<p><a href=x>Wind</a>, <a href=y>snow</a> or <a href=z>ice</a> fell on all of the hills."),
        ],
    ),
    "tag-list": (
        [under("<p class=menu><a href=x>Rain</a>")],
        [under("<p class=menu>Rain"), under("<p><a href=x>Rain</a>")],
    ),
    "teaser-phrase": (
        [amid("<p>Read also: <a href=x>The bridge is gone</a>"), bare("Read also: The bridge is gone")],
        [amid("<p>Read also the other book."), bare("Ann has read also the other book"), bare(f"Read also {LONG}")],
    ),
    "teaser-heading": (
        [amid("<h3>Related articles"), bare("Related articles:")],
        [amid("<h3>Related articles of the law on water and on the roads"), bare("Articles")],
    ),
    "teaser-in-section": (
        [under("<h3>Related articles</h3><p><a href=x>The bridge is gone</a>", "The bridge is gone")],
        [
            under("<h3>Related articles</h3><p>The bridge is gone", "The bridge is gone"),
            under("<p><a href=x>The bridge is gone</a>"),
        ],
    ),
    "teaser-linked": (
        [amid("<p><a href=x>Two boats were found near Lisbon</a>")],
        [
            amid("<h2><a href=x>Two boats were found near Lisbon</a>"),
            amid("<p>Two boats <a href=x>were found near Lisbon</a>"),
            amid("<p><a href=x>Two boats were found near Lisbon.</a>"),
            amid("<p><a href=x>Heavy floods in the valley</a>"),
            amid("<blockquote><a href=x>Two boats were found near Lisbon</a>"),
            amid("<p><a href=x>Two boats found</a>"),
        ],
    ),
    "teaser-bare": (
        [
            bare(MUSEUM),
            Case(f"{TITLE}\n\n{A} They came from there.\n\n{FROM}\n\n{B}", FROM),  # a function word in common
            amid("<p>Museum opens doors to young painters"),
        ],
        [
            bare("Heavy clouds over museum doors and painters"),  # a word of the title
            bare("Sacks fill the museum doors again"),  # a word of the paragraph below
            bare("Museum opens doors to young painters."),
            bare("- Museum opens doors to young painters"),
            bare("“Museum opens doors to young painters"),
            bare("Museum opens, doors, young, painters, again, here"),
            bare("1931 | Museum | Open doors | Young painters"),  # a row of a table
            bare("Museum opens doors"),
            amid("<h3>Museum opens doors to young painters"),
            amid("<figure><figcaption>Museum opens doors to young painters</figcaption></figure>"),
            Case(f"{BARE}\n\nMuseum opens doors to young painters", MUSEUM),
            Case(f"{TITLE}\n\n{A}\n\nHome\n\nMuseum opens doors to young painters\n\n{B}", MUSEUM),
        ],
    ),
    "teaser-marked-up": (
        [under("<div class=teaser><p><a href=x>The bridge is gone</a></div>")],
        [under("<p class=teaser>The bridge is gone"), under("<p><a href=x>The bridge is gone</a>")],
    ),
    "comment-prompt": (
        [under("<h3>Leave a Reply"), Case(f"{BARE}\n\nLeave a Reply", "Leave a Reply")],
        [under(f"<p>{A} Leave a reply, said Ann."), under("<p>Leave the town")],
    ),
    "comment-field": (
        [under("<h3>Leave a Reply</h3><p>Website", "Website"), Case(f"{BARE}\n\nLeave a Reply\n\nWebsite", "Website")],
        [over("<h3>Website"), under("<h3>Leave a Reply</h3><p>Webster", "Webster")],
    ),
    "comment-button": (
        [under("<div class=comments><p>Website</div>", "Website")],
        [under("<p>Website", "Website"), under("<div class=comments><p>Webster</div>", "Webster")],
    ),
    "comment-prompt-opens": (
        [under("<p>Leave a reply to this story"), Case(f"{BARE}\n\nLeave a reply to this", "Leave a reply to this")],
        [under("<p>Please leave a reply"), under(f"<p>Leave a reply {A}"), under("<p>Website")],
    ),
    "comment-form": (
        [under("<form class=comments><p>Your name</form>")],
        [
            under("<div class=comments><p>Your name</div>"),
            under("<form><p>Your name</form>"),
            under(f"<form class=comments><p>{AB}"),
        ],
    ),
    "comment-marked-up": (
        [under("<div class=comments><p>I saw it too</div>")],
        [under("<form class=comments><p>I saw it too</form>"), over("<div class=comments><p>I saw it too</div>")],
    ),
    "comment-line": (
        [under("<h3>3 Comments"), Case(f"{BARE}\n\n12 comments", "12 comments")],
        [over("<p>3 Comments"), under("<p>After 3 comments of the mayor and the miller the meeting ended")],
    ),
    "share-phrase": (
        [under("<p>Share on Facebook"), Case(f"{BARE}\n\nShare on Facebook", "Share on Facebook")],
        [amid("<p>Some share on Facebook what they have heard from others in town"), under("<p>Share")],
    ),
    "share-marked-up": (
        [under("<div class=share><p>Send it on</div>")],
        [under(f"<div class=share><p>{A}</div>"), under("<p>Send it on")],
    ),
    "newsletter-phrase": (
        [
            under("<p>Sign up for our newsletter"),
            Case(f"{BARE}\n\nSign up for our newsletter!", "Sign up for our newsletter!"),
        ],
        [amid(f"<p>{A} Sign up for our newsletter, said Ann."), under("<p>Our newsletter")],
    ),
    "newsletter-marked-up": (
        [beside("<div class=newsletter><p>Every Friday, by post</div>")],
        [
            Case(f"<div class=newsletter><p>{A}</p><p>{B}</p><p>{A} x</p></div>", A),  # the page is a newsletter
            beside("<p>Every Friday, by post"),
            beside(f"<div class=newsletter><p>{LONG}</div>"),
        ],
    ),
    "paywall-phrase": (
        [under("<p>Subscribe to read on today"), Case(f"{BARE}\n\nSubscribe to read on", "Subscribe to read on")],
        [amid(f"<p>{A} Subscribe to read on, said Ann."), under("<p>Subscribe today")],
    ),
    "paywall-line": (
        [Case(f"{BARE}\n\nSubscribe to read on", "Subscribe to read on")],
        [
            Case(f"{BARE}\n\nSubscribe to read on, said Ann to him.", "Subscribe to read on, said Ann to him."),
            under("<p>Subscribe to read on"),
        ],
    ),
    "paywall-marked-up": (
        [under("<div class=paywall><p>One month for nothing</div>")],
        [under(f"<div class=paywall><p>{AB}</div>"), under("<p>One month for nothing")],
    ),
    "cookie-phrase": (
        [
            over("<p>Here we use cookies, too"),
            Case(f"We use cookies. Read more\n\n{BARE}", "We use cookies. Read more"),
        ],
        [amid(f"<p>{A} So we use cookies, said Ann."), over("<p>We eat cookies here")],
    ),
    "cookie-button": (
        [over("<p>a</p><p>b</p><p>Accept all</p><p>c</p><p>d", "Accept all")],
        [amid("<p>Accept all"), over("<p>a</p><p>b</p><p>Accept this</p><p>c</p><p>d", "Accept this")],
    ),
    "cookie-marked-up": (
        [over("<div class=cookies><p>For better service</div>")],
        [over(f"<div class=cookies><p>{LONG} {LONG}</div>"), over("<p>For better service")],
    ),
    "advert-label": (
        [amid("<p>Advertisement"), bare("Advertisement")],
        [amid("<p>Advertisement works, said the miller of the valley"), amid("<p>Adverts")],
    ),
    "advert-marked-up": (
        [amid("<div class=ad><p>Buy two sacks</div>")],
        [amid(f"<div class=ad><p>{AB}</div>"), amid("<p>Buy two sacks")],
    ),
    "byline-phrase": (
        [over("<p>Written by Ann Example"), Case(f"Written by Ann Example\n\n{BARE}", "Written by Ann Example")],
        [amid("<p>Written by Ann in the year when rain fell on all hills"), over("<p>By Ann")],
    ),
    "byline-opens": (
        [over("<p>Written by Ann Example"), Case(f"Written by Ann Example\n\n{BARE}", "Written by Ann Example")],
        [
            amid("<h2>Written by Ann Example"),
            amid("<p>Written by Ann Example."),
            amid("<p>It was written by Ann Example"),
        ],
    ),
    "byline-marked-up": (
        [over("<p class=byline>Ann Example")],
        [under(f"<p class=byline>{A}"), over("<p>Ann Example")],
    ),
    "date-line": (
        [over("<p>12 March 2020"), Case(f"12.3.2020 14:30\n\n{BARE}", "12.3.2020 14:30")],
        [
            amid("<p>On 12 March 2020 the old bridge fell down"),
            amid("<p>It fell on 12 March 2020."),
            over("<p>March the twelfth"),
        ],
    ),
    "bio-phrase": (
        [under("<h3>About the author"), Case(f"{BARE}\n\nAbout the author", "About the author")],
        [amid(f"<p>{A} About the author of it nobody knew."), under("<h3>About the book")],
    ),
    "bio-in-section": (
        [under("<h3>About the author</h3><p>Ann lives on the hills.", "Ann lives on the hills.")],
        [
            over("<h3>About the author</h3><p>Ann lives on the hills.", "Ann lives on the hills."),
            under("<p>Ann lives on the hills."),
        ],
    ),
    "bio-marked-up": (
        [under("<div class=bio><p>Ann lives on the hills.</div>")],
        [under(f"<div class=bio><p>{LONG}</div>"), under("<p>Ann lives on the hills.")],
    ),
    "copyright-line": (
        [under("<p>© 2020 The Daily"), Case(f"{BARE}\n\n(c) The Daily", "(c) The Daily")],
        [under(f"<p>© {AB}"), under("<p>2020 The Daily")],
    ),
    "footer-phrase": (
        [under("<p>All rights reserved."), Case(f"{BARE}\n\nAll rights reserved", "All rights reserved")],
        [amid(f"<p>{A} All rights reserved, said Ann."), under("<p>All seats reserved")],
    ),
    "footer-element": (
        [under("<footer><p>Imprint</footer>")],
        [Case(f"<article><p>{A}<footer><p>Imprint</footer></article>", "Imprint"), over("<footer><p>Imprint</footer>")],
    ),
    "footer-marked-up": (
        [under("<div class=foot><p>Imprint</div>")],
        [over("<div class=foot><p>Imprint</div>"), under("<p>Imprint")],
    ),
    "page-numbers": (
        [under("<p>Page 2 of 9"), Case(f"{BARE}\n\nPage 2 of 9", "Page 2 of 9")],
        [amid("<p>See page 2 of 9 for the story of the bridge"), under("<p>Page two")],
    ),
    "pagination-marked-up": (
        [under("<div class=pager><p>Older</div>")],
        [under(f"<div class=pager><p>{A}</div>"), under("<p>Older")],
    ),
    "newsletter-opens": (
        [
            bare("Sign up for our newsletter, free and full of weather from all hills and valleys of the land"),
            under("<p>Sign up for our newsletter, free and full of weather from all hills and valleys of the land"),
        ],
        [
            bare("You may sign up for our newsletter, free and full of weather from all hills and valleys of the land"),
            bare("Sign up, free and full of weather from all hills and valleys of the land"),
        ],
    ),
    "paywall-opens": (
        [
            bare("Subscribe to read on, for less than a loaf of bread costs"),
            amid("<p>Subscribe to read on, all of you"),
        ],
        [
            bare("Subscribe to read on, said Ann, and closed the door."),
            bare("You may subscribe to read on, for less than a loaf"),
            bare("Subscribe to read on"[:9] + " to nothing at all"),
        ],
    ),
    "footer-phrase-at-end": (
        [end(END), end(END, *SHORT)],
        [Case(column(END, after=1), END), end("The Daily of the hills, no rights reserved")],
    ),
    "date-near-top": (
        [over("<p>Ann Example in Harwick town, 12 March 2020, for the Daily"), top("12.3.2020 14:30")],
        [
            top("It was 12 March 2020 that the bridge fell."),
            top("Ann Example in Harwick town"),
            Case(column("Ann Example, 12 March 2020", after=3), "Ann Example, 12 March 2020"),
        ],
    ),
    "above-headline": (
        [over("<p>Puzzles"), Case(f"Puzzles\n\n{TITLE}\n\n{BARE}", "Puzzles")],
        [under("<p>Puzzles"), over("<p>Puzzles are dear."), over("<p>Lower valley floods")],
    ),
    "far-above-headline": (
        [Case(f"{NOTICE}\n\n{BARE}", NOTICE), Case("\n\n".join([*SHORT, NOTICE, TITLE, *PROSE * 2]), NOTICE)],
        [
            over(f"<p>{NOTICE}"),
            top(NOTICE),
            Case(f"Heavy rain over the valley floods roads.\n\n{BARE}", "Heavy rain over the valley floods roads."),
        ],
    ),
    "below-headline": (
        [top("Keep this one")],
        [
            top("Keep this one."),
            top("The floods"),
            top("Keep the miller"),
            Case(column("Keep this one"), "Keep this one"),
        ],
    ),
    "short-below-headline": (
        [headed("<p>Told by Jo Quill</p>"), headed("<ul><li>Print this</li><li>Keep it</li></ul>", "Keep it")],
        [
            headed("<h3>Told by Jo Quill</h3>"),
            headed("<p>Told by Jo Quill.</p>"),
            headed("<p>Good morning,</p>"),
            headed("<table><tr><td>Told by</td><td>Jo Quill</td></tr></table>", "Jo Quill"),
            headed("<p>Heavy rain again</p>"),
            headed("<p>Where the miller slept</p>"),  # the prose takes it up
            headed("<p>Told by Jo Quill from the valley</p>"),
            inside("<p>Told by Jo Quill</p>"),
            top("Told by Jo Quill"),
        ],
    ),
    "below-prose": (
        [end("Order papers"), end("Order papers", *SHORT)],
        [end("Order papers now."), end("- Order papers"), Case(column("Order papers"), "Order papers")],
    ),
    "far-below-prose": (
        [Case(end(*SHORT * 4, "Order papers").source, "Order papers")],
        [end("Order papers", *SHORT * 4), Case(end(*SHORT * 4, "Order papers now.").source, "Order papers now.")],
    ),
    "list-below-prose": (
        [Case(f"{column()}\n\n{STORIES}", "• Ferry company orders another boat 7")],
        [
            Case(f"{column()}\n\n{STORIES}\n\n{B}", "• Ferry company orders another boat 7"),
            Case(f"{column()}\n\n{STORIES}".replace("•", ""), "Ferry company orders another boat 7"),
            Case(f"{column()}\n\n{STORIES}".replace("Ferry", "Heavy"), "• Heavy company orders another boat 7"),
            Case(f"{column()}\n\n{STORIES}".replace(" 7", " 7."), "• Ferry company orders another boat 7."),
        ],
    ),
    "sentence-below-prose": (
        [end("Ann Example keeps Bees in Harwick.", *SHORT * 3)],
        [
            end("Nobody keeps bees there in winter any more, and nobody ever will.", *SHORT * 3),
            end("Ann Miller counted Sacks.", *SHORT * 3),
            Case(column("Ann Example keeps Bees in Harwick."), "Ann Example keeps Bees in Harwick."),
        ],
    ),
    "line-in-prose": (
        [inside("<p>Morning letter</p>"), inside("<p>Morning letter</p>", "<p>Yes please, now</p>")],
        [
            inside("<h2>Morning letter</h2>"),
            inside("<p><b>Morning letter</b></p>"),  # a subheading
            inside("<ul><li>Morning letter</li></ul>"),
            inside("<p>Morning letter.</p>"),
            inside("<p>“Morning letter”</p>"),
            inside("<p>Morning letter. Photo: Jo Quill</p>"),
            inside("<p>Evening bells</p>"),  # the text goes on to them
            Case(column("Morning letter"), "Morning letter"),
        ],
    ),
    "heading-of-links": (
        [inside("<h3>Not to be missed</h3>", f"<p><a href=/m>{MUSEUM}</a></p>")],
        [
            inside("<h3>Not to be missed</h3>"),
            inside("<h3>A clock that struck</h3>", f"<p><a href=/m>{MUSEUM}</a></p>"),
            inside("<h3>5 March</h3>", f"<p><a href=/m>{MUSEUM}</a></p>"),
            under(f"<h3>Not to be missed</h3><p><a href=/m>{MUSEUM}</a></p>", "Not to be missed"),
        ],
    ),
    "short-behind-short": (
        [Case(column("Morning letter", "Yes please, now"), "Yes please, now")],
        [
            Case(column("Yes please, now"), "Yes please, now"),  # a subheading stands alone
            Case(column("Morning letter", "Yes, miller"), "Yes, miller"),
            Case(column("Morning letter", "- Yes please, now"), "- Yes please, now"),
            Case(column("Morning letter", "Yes please, now", *SHORT), "Yes please, now"),  # a list
        ],
    ),
    "short-before-short": (
        [Case(column("Morning letter", "Yes please, now"), "Morning letter")],
        [
            Case(column("Morning letter"), "Morning letter"),
            Case(column("Evening bells", "Yes please, now", after=3), "Evening bells"),
            Case(column("Morning letter", *SHORT), "Morning letter"),
        ],
    ),
    "line-behind-short": (
        [Case(column("Other people read", FROM), FROM)],
        [Case(column(FROM), FROM), Case(column("Other people read", "Museum opens"), "Museum opens")],
    ),
    "line-before-short": (
        [Case(column(FROM, "Bakers want longer nights off"), FROM)],
        [Case(column(FROM), FROM), Case(column("Museum opens", "Bakers want nights"), "Museum opens")],
    ),
    "few-items": (
        [
            inside("<ul><li>Yes please, sooner</ul>"),
            inside("<ul><li>Yes please, sooner", "<li>Put it on shelves</ul>"),
            inside("<h3>Sooner</h3>", "<ul><li>Yes please, sooner</ul>")._replace(block="Yes please, sooner"),
        ],
        [
            inside("<ul><li>Yes please, sooner", "<li>Put it on shelves", "<li>Or later", "<li>Or never</ul>"),
            inside("<ul><li>Yes please, sooner.</ul>"),
            inside("<ul><li>Clock and lamp and miller</ul>"),
            inside("<p>Yes please, sooner"),
            Case(f"<p>{A}</p><p>{B} As follows:</p><ul><li>Yes please, sooner</ul><p>{B}</p>", "Yes please, sooner"),
            Case(f"<p>Home</p><p>Contact</p><p>Sacks</p><ul><li>Yes please, sooner</ul><p>{A}", "Yes please, sooner"),
            bare("- Yes please, sooner"),
        ],
    ),
    "no-script": ([under("<noscript><p>Turn it on</noscript>")], [under("<p>Turn it on")]),
    "control": ([under("<button>Send</button>")], [amid("<p>Press <button>Send</button> now")]),
    "hidden": ([under("<p hidden>Send")], [under("<p class=hidden>Send")]),
    "heading-in-body": (
        [amid("<h2>Roofs")],
        [amid("<h2><a href=x>Roofs</a>"), amid("<p>Roofs"), under("<h2>Roofs")],
    ),
    "subheading-line": (
        [bare("The miller and his sacks"), amid("<p><b>The miller and his sacks</b>")],
        [
            bare("The miller and his sacks."),
            bare("The miller and museum doors"),
            bare("- The miller and his sacks"),
            bare("the miller and his sacks"),
            bare("Sacks"),
            bare("The miller counted his sacks by the lamp again"),
            bare("“The miller and his sacks"),
            bare("Miller | Sacks"),
            bare("Sacks, 12 March 2024"),
            bare(TITLE),
            amid("<p><a href=x>The miller and his sacks</a>"),
            amid("<figure><figcaption>The miller and his sacks</figcaption></figure>"),
            Case(f"{BARE}\n\nThe miller and his sacks", "The miller and his sacks"),
            Case(f"{TITLE}\n\n{A}\n\nHome\n\nThe miller and his sacks\n\n{B}", "The miller and his sacks"),
        ],
    ),
    "sentence-by-prose": (
        [bare("The miller carried his sacks up to the museum, and the whole town came along.")],
        [
            bare("The miller carried his sacks up to the museum, and the whole town came along"),
            bare("The miller carried his sacks up to the museum."),
            bare("Quiet harbour towns seldom notice how quickly seven lanterns vanish under a new moon."),
            bare(f"The miller carried his sacks up to the museum, and the whole town came along. {A}"),
            amid("<p>The miller carried his sacks up to the museum, and the whole town came along."),
            Case(
                "The miller carried his sacks up to the museum, and the whole town came along.",
                "The miller carried his sacks up to the museum, and the whole town came along.",
            ),
        ],
    ),
    "prose-in-region": (
        [article(f"<p>{A} {A}")],
        [article("<p>It rained."), article(f"<p><a href=x>{A} {A}</a>"), beside(f"<p>{A} {A}")],
    ),
    "code-block": (
        [article("<pre>x = 1</pre>")],
        [beside("<pre>x = 1</pre>"), article("<p>x = 1")],
    ),
}
BY_NAME = {rule.name: rule for rule in RULES}


def table_of(case: Case, lexicon: Lexicon = LEXICON) -> tuple[Table, int, bool]:
    """The columns of a case, the block in question, and whether it comes from a page."""
    document = read_html(case.source) if case.source.startswith("<") else read_text(case.source)
    texts = [document.block_text(i) for i in range(len(document))]
    assert case.block in texts, (case, texts)
    title = (TITLE,) if TITLE in texts else ()
    return compute(document, lexicon, Hints(title)), len(texts) - 1 - texts[::-1].index(case.block), document.markup


def true_conditions(rule: Rule, table: Table, row: int) -> list[bool]:
    return [condition.compare(table.columns[condition.column][row], condition.value) for condition in rule.conditions]


@pytest.mark.parametrize("name", BY_NAME)
def test_every_rule_has_a_case_for_it_and_one_against(name: str) -> None:
    assert name in ROWS and all(ROWS[name])


def test_no_case_is_about_a_rule_that_is_gone() -> None:
    assert [name for name in ROWS if name not in BY_NAME] == []


def parameters(place: int) -> list[object]:
    return [
        pytest.param(name, case, id=f"{name}-{number}")
        for name, cases in ROWS.items()
        if name in BY_NAME
        for number, case in enumerate(cases[place])
    ]


@pytest.mark.parametrize(("name", "case"), parameters(0))
def test_the_rule_holds(name: str, case: Case) -> None:
    table, row, markup = table_of(case)
    rule = BY_NAME[name]
    failing = [
        (COLUMNS[c.column], table.columns[c.column][row])
        for c, true in zip(rule.conditions, true_conditions(rule, table, row), strict=True)
        if not true
    ]
    assert failing == []
    assert rule in evaluate(table, markup)[row]


@pytest.mark.parametrize(("name", "case"), parameters(1))
def test_the_rule_does_not_hold(name: str, case: Case) -> None:
    table, row, markup = table_of(case)
    rule = BY_NAME[name]
    assert rule not in evaluate(table, markup)[row]
    true = true_conditions(rule, table, row)
    assert any(true) or len(true) == 1  # a near miss, not another thing altogether


PACKAGED = [
    ("comment-prompt", under("<h3>Leave a Reply")),
    ("share-phrase", under("<p>Share on Facebook")),
    ("newsletter-phrase", under("<p>Sign up for our newsletter")),
    ("teaser-phrase", amid("<p>Read also: The bridge is gone")),
]


@pytest.mark.parametrize(("name", "case"), PACKAGED, ids=[row[0] for row in PACKAGED])
def test_the_lexicon_of_the_package_feeds_the_rules(name: str, case: Case) -> None:
    table, row, markup = table_of(case, Lexicon.load())
    assert name in [rule.name for rule in evaluate(table, markup)[row]]
    assert not evaluate(table, markup)[1] or all(rule.label is Label.BODY for rule in evaluate(table, markup)[1])


# --- the table -------------------------------------------------------------------------------------------------------


def test_names_are_unique_and_stable_in_form() -> None:
    names = [rule.name for rule in RULES]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in names)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_form_of_a_rule(rule: Rule) -> None:
    assert rule.weight > 0 and rule.conditions
    assert rule.label is not Label.HEADLINE  # that is for the columns to tell
    assert rule.reason == Reason(rule.name, rule.label, rule.weight) and str(rule.reason) == rule.name
    columns = [COLUMNS[condition.column] for condition in rule.conditions]
    if any(name.startswith("class_") for name in columns):  # class names decide nothing alone
        assert rule.weight < VETO
        assert not all(name.startswith("class_") for name in columns)


# --- reading and evaluating ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "true"),
    [
        ("words >= 3", 3.0, True),
        ("words >= 3", 2.9, False),
        ("words <= 3", 3.0, True),
        ("words <= 3", 3.1, False),
        ("words > .5", 0.5, False),
        ("words > .5", 0.6, True),
        ("words < -1e1", -10.0, False),
        ("words < -1e1", -11.0, True),
        # what is not known reaches no lower limit and breaks no upper one
        ("words >= 0", math.nan, False),
        ("words > 0", math.nan, False),
        ("words <= 0", math.nan, True),
        ("words < 0", math.nan, True),
    ],
)
def test_condition(text: str, value: float, true: bool) -> None:
    condition = Condition.parse(text)
    assert condition.column == INDEX["words"]
    assert condition.compare(value, condition.value) is true


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("wrods >= 3", KeyError),
        ("words == 3", KeyError),
        ("words => 3", KeyError),
        ("words >= three", ValueError),
        ("words >=3", ValueError),
        ("words", ValueError),
        ("words >= 3 4", ValueError),
        ("", ValueError),
    ],
)
def test_what_is_no_condition(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        Condition.parse(text)


def small_table(words: list[float], links: list[float]) -> Table:
    """A table of which two columns are filled."""
    columns = [array("d", bytes(8 * len(words))) for _ in COLUMNS]
    columns[INDEX["words"]] = array("d", words)
    columns[INDEX["link_share"]] = array("d", links)
    return Table(tuple(columns), len(words))


NUMBERS = st.sampled_from([0.0, 1.0, 2.0, 2.5, 3.0, math.nan])
LIMITS = st.sampled_from([">= 1", "<= 1", "> 2", "< 2.5", ">= 3", "< 0"])


def is_true(value: float, limit: str) -> bool:
    sign, number = limit.split()
    if math.isnan(value):
        return sign[0] == "<"
    limit_value = float(number)
    reached = value >= limit_value if sign in (">=", "<") else value > limit_value
    return reached == (sign[0] == ">")


@given(
    st.lists(st.tuples(NUMBERS, NUMBERS), max_size=8),
    st.lists(st.tuples(LIMITS, LIMITS, st.sampled_from([None, True, False])), max_size=5),
    st.booleans(),
)
def test_evaluate(values: list[tuple[float, float]], limits: list[tuple[str, str, bool | None]], markup: bool) -> None:
    table = small_table([words for words, _ in values], [links for _, links in values])
    rules = [
        Rule(
            str(number),
            Label.OTHER,
            1.0,
            (Condition.parse(f"words {first}"), Condition.parse(f"link_share {second}")),
            where,
        )
        for number, (first, second, where) in enumerate(limits)
    ]
    expected = [
        [
            str(number)
            for number, (first, second, where) in enumerate(limits)
            if where in (None, markup) and is_true(words, first) and is_true(links, second)
        ]
        for words, links in values
    ]
    assert [[rule.name for rule in held] for held in evaluate(table, markup, rules)] == expected
