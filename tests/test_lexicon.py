"""The lexicon: what its data file holds, what it finds, and what it must leave alone."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanbody.features.block_words import BlockWords
from cleanbody.features.telling import TELLING_COLUMNS, telling_columns
from cleanbody.lexicon import CLASS_KINDS, FORMAT, PHRASE_KINDS, Lexicon, Match, tokens_of, without_accents
from cleanbody.page import DataError
from cleanbody.train.lexicon import (
    Seed,
    build_function_words,
    build_lexicon,
    count_kind_words,
    phrase_tokens,
    read_classes,
    read_phrases,
    read_telling_words,
)

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"
DATA = ROOT / "cleanbody" / "data" / "lexicon.json"
REQUIRED = ["en", "de", "fr", "es", "pt", "it", "nl", "pl", "ru", "el", "tr", "zh", "ja", "ko", "ar"]
ALL_SEEDS = list(read_phrases(SEEDS))
LEXICON = Lexicon.load()


def kinds_of(match: Match) -> set[str]:
    return {PHRASE_KINDS[hit.kind] for hit in match.hits}


def greatest_share(match: Match) -> float:
    return max(match.share(kind) for kind in range(len(PHRASE_KINDS)))


# --- the data file


def test_the_data_file_is_what_the_seeds_give() -> None:
    assert build_lexicon(SEEDS) == DATA.read_bytes()


def test_the_function_words_are_what_the_seeds_give() -> None:
    assert build_function_words(SEEDS) == DATA.with_name("function-words.txt").read_bytes()


def test_the_data_file_is_small() -> None:
    assert DATA.stat().st_size < 1_200_000


def test_every_language_has_every_kind_of_prompt() -> None:
    languages = {path.stem for path in SEEDS.joinpath("phrases").glob("*.toml")}
    assert languages >= set(REQUIRED)
    assert len(languages) >= 30
    have = {(seed.language, seed.kind) for seed in ALL_SEEDS}
    assert {(language, kind) for language in languages for kind in PHRASE_KINDS} == have


def test_the_required_languages_go_beyond_a_word_or_two() -> None:
    counts = {(language, kind): 0 for language in REQUIRED for kind in PHRASE_KINDS}
    for seed in ALL_SEEDS:
        if seed.language in REQUIRED:
            counts[seed.language, seed.kind] += 1
    assert {key: count for key, count in counts.items() if count < 8} == {}


def test_no_phrase_stands_twice_in_a_language() -> None:
    seen: set[tuple[str, str, str]] = set()
    for seed in ALL_SEEDS:
        key = seed.language, seed.kind, " ".join(phrase_tokens(seed.phrase))
        assert key not in seen, seed
        seen.add(key)


# --- every phrase is found, however it is written


def as_text(seed: Seed) -> str:
    return seed.phrase.replace("%s", "Xenia").replace("%n", "Xenia Quill").replace("%d", "7").replace("#", "7")


WRITINGS = {
    "as it is": lambda text: text,
    "upper case": lambda text: text.upper(),
    "upper case without accents": lambda text: without_accents(text.lower()).upper(),
    "typographic marks": lambda text: f"» {text.replace(chr(39), chr(0x2019))} …",
    "colon": lambda text: f"{text.rstrip(':：')}:",
}


@pytest.mark.parametrize("writing", WRITINGS)
@pytest.mark.parametrize("language", sorted({seed.language for seed in ALL_SEEDS}))
def test_every_phrase_is_found(language: str, writing: str) -> None:
    missed = []
    for seed in (seed for seed in ALL_SEEDS if seed.language == language):
        text = WRITINGS[writing](as_text(seed))
        if LEXICON.match(text).share(PHRASE_KINDS.index(seed.kind)) < 1:
            missed.append((seed, text))
    assert missed == []


VARIANTS = [
    ("SCHREIBE EINEN KOMMENTAR", "comment-prompt"),
    ("A lire egalement", "teaser"),
    ("À LIRE ÉGALEMENT", "teaser"),
    ("Ваш email не будет опубликован", None),
    ("ОБЯЗАТЕЛЬНЫЕ ПОЛЯ ПОМЕЧЕНЫ *", "comment-prompt"),
    ("Еще по теме", "teaser"),
    ("Ещё по теме", "teaser"),
    ("ΔΙΑΒΑΣΤΕ ΕΠΙΣΗΣ", "teaser"),
    ("Διαβάστε επίσης:", "teaser"),
    ("TÜM HAKLARI SAKLIDIR", "footer"),
    ("İLGİLİ HABERLER", "teaser"),
    ("ilgili haberler", "teaser"),
    ("اقرأ أيضًا", "teaser"),
    ("اقرأ ايضا", "teaser"),
    ("إقرأ أيضاً:", "teaser"),
    ("جميع الحقوق محفوظة", "footer"),
    ("ادامه مطلب", "teaser"),
    ("ادامه مطلب".replace("ی", "ي"), "teaser"),
    ("ﾌﾟﾗｲﾊﾞｼｰﾎﾟﾘｼｰ", "footer"),
    ("Ｃｏｐｙｒｉｇｈｔ ２０２４ Ｅｘａｍｐｌｅ", "footer"),
    ("Don’t miss", "teaser"),
    ("Dođite", None),
    ("So\u00adcial: com\u00adments are closed", "comment-prompt"),
    ("版权所有 未经许可不得转载", "footer"),
    ("版權所有 不得轉載", "footer"),
    ("관련기사", "teaser"),
    ("© 2024 Example Ltd", "footer"),
    ("12,345 comments", "comment"),
    ("１２ comments", "comment"),
    ("5 min read", "byline"),
    ("Leave a Reply to Ann Mary Example Smith", "comment-prompt"),
    ("By Ann Example", "byline"),
    ("By Ludwig van Beethoven", "byline"),
    ("Von Ann Beispiel und Max Muster", "byline"),
    ("Share:", "share"),
    ("Share this article", "share"),
    ("Read also: A bridge over the river", "teaser"),
]


@pytest.mark.parametrize(("text", "kind"), VARIANTS)
def test_forms_of_one_letter_do_not_matter(text: str, kind: str | None) -> None:
    kinds = kinds_of(LEXICON.match(text))
    assert kind in kinds if kind else not kinds & {"teaser", "newsletter"}


# --- body sentences that hold phrases, or look like them

BODY = [
    "She will share the prize with her sister and her two cousins.",
    "Each shareholder may comment on the report before the end of May.",
    "Byzantine artists worked by candlelight, and by morning the wall was dry.",
    "By the numbers",
    "By contrast, the second sample kept its colour",
    "The home advantage mattered less than the coach had thought.",
    "In his reply the minister did not name the company that had paid.",
    "Search parties set out at dawn and came home by noon.",
    "More than forty people read the letter, and most of them wrote back.",
    "The next day the previous owner returned to look for the keys.",
    "Related species live in the same valleys, but higher up.",
    "He sponsored a team that wore the name of his shop.",
    "The editor posted the photographs to a friend in Lisbon.",
    "Advertising made up half of the paper's income in those years.",
    "The cookies should cool for ten minutes before you eat them.",
    "Tags sewn into the collar told her who had made the coat.",
    "If you continue reading old maps, you learn how rivers move.",
    "The author of the letter had never been to the island.",
    "Published figures differ, and the committee trusts none of them.",
    "A subscriber can listen to the call, but the machine cannot.",
    "All rights to the song were sold in 1962, and the singer got nothing.",
    "Menu prices rose by a tenth, the owner of the inn said.",
    "Comments by the judge were left out of the record.",
    "The page was torn, and the last lines of the poem were lost.",
    "Save 20 grams of the butter for the glaze.",
    "The comet appeared first on a plate that nobody had looked at for a year.",
    "Wer diesen Artikel weiterlesen will, muss das Heft in der Mitte aufschneiden.",
    "Il a lu la moitié de cet article à lire debout, puis il a rendu le journal.",
    "De cada mañana en el puerto recibe el viejo una carta, y no abre ninguna.",
    "Τα νέα που θέλουν να λάβετε από το νησί έρχονται με το καράβι της Τρίτης.",
    "Редактор решил оформить стену картой, чтобы читать её стоя.",
    "C3 sits between the second and the fourth cell of the row.",
    "Der Nachbar wollte seinen Garten mit den Kindern der Straße teilen.",
    "Von der Quelle bis zur Mündung",
    "Mehr als vierzig Leute lasen den Brief und schrieben zurück.",
    "Die Anzeige gegen den Fahrer wurde später zurückgezogen.",
    "Im Kommentar des Trainers klang Enttäuschung mit, aber auch Stolz.",
    "Wir suchen weiter nach einer Wohnung, die nahe am Fluss liegt.",
    "Das Thema war neu, die Antwort alt, und niemand lachte darüber.",
    "Par exemple",
    "Il faut partager le pain avant que la nuit tombe sur le village.",
    "La suite du voyage fut plus calme que ne le craignait le capitaine.",
    "Répondre à la lettre du maire prit trois semaines au comité.",
    "Le sommaire du rapport tient en deux pages, dit le rapporteur.",
    "Lire la carte du ciel demande de la patience et un bon manteau.",
    "Por qué importa",
    "El autor del informe no quiso compartir los datos con la prensa.",
    "Más de cuarenta vecinos leyeron la carta y respondieron enseguida.",
    "La publicidad pagaba entonces la mitad de los gastos del diario.",
    "O autor da carta nunca tinha visto o mar antes daquele verão.",
    "Mais de quarenta pessoas leram o aviso e voltaram para casa.",
    "Di notte",
    "La pagina era strappata e gli ultimi versi erano perduti.",
    "Seguire il sentiero fino al ponte, poi salire verso la chiesa.",
    "Door de regen kwam de boot pas tegen de avond aan.",
    "De reactie van de burgemeester liet drie weken op zich wachten.",
    "Autor listu nigdy nie był na wyspie, o której pisał.",
    "Więcej niż czterdzieści osób przeczytało list i odpisało na niego.",
    "Главный врач больницы прочитал письмо и ответил на него в тот же день.",
    "Комментарий тренера занял две минуты, и вопросов больше не было.",
    "Поиск продолжался до утра, а утром пошёл снег.",
    "Ο συγγραφέας του γράμματος δεν είχε δει ποτέ τη θάλασσα.",
    "Περισσότερα από σαράντα σπίτια έμειναν χωρίς νερό το καλοκαίρι.",
    "Yazar mektubu bitirdi ve son sayfayı kardeşine okudu.",
    "Ana yol kapalıydı, biz de köyün arkasından yürüdük.",
    "作者没有去过那座岛，却把它写得像自己的家乡。",
    "评论家认为这部电影的结尾太长，观众却不同意。",
    "图书馆在河的另一边，孩子们每天下午都去那里。",
    "首页上的地图是一百年前画的，许多河流已经改道。",
    "筆者は島へ行ったことがないが、故郷のように書いた。",
    "次の日、前の持ち主が鍵を探しに戻ってきた。",
    "검색 작업은 새벽에 시작되어 정오가 되어서야 끝났다.",
    "저자는 그 섬에 가 본 적이 없었지만 고향처럼 썼다.",
    "قرأ الكاتب الرسالة مرتين ثم عاد إلى بيته قبل المساء.",
    "كان التعليق الأخير للمدرب قصيرا ولم يسأله أحد بعد ذلك.",
    "Författaren till brevet hade aldrig sett havet före den sommaren.",
    "Del brødet i fire stykker og lad dejen hvile under et klæde.",
    "Etsi ensin paikka, josta järvi näkyy, ja jätä auto sinne.",
    "Autor dopisu nikdy nebyl na ostrově, o kterém psal.",
    "Пошук тривав до ранку, а вранці пішов сніг.",
    "Szerzője sosem járt a szigeten, amelyről a levél szólt.",
    "Người viết thư chưa bao giờ thấy biển trước mùa hè năm ấy.",
    "Penulis surat itu belum pernah melihat laut sebelum musim panas.",
]


@pytest.mark.parametrize("text", BODY)
def test_body_sentences_are_hardly_covered(text: str) -> None:
    match = LEXICON.match(text)
    assert greatest_share(match) <= 0.2, [(PHRASE_KINDS[hit.kind], hit) for hit in match.hits]


def test_most_body_sentences_give_no_hit_at_all() -> None:
    assert sum(not LEXICON.match(text).hits for text in BODY) >= 0.9 * len(BODY)


BOUNDARIES = [
    ("by", "Byzantine"),
    ("share", "shareholder"),
    ("share", "Share-holder"),
    ("tag", "vintage"),
    ("広告", "広告代"),
    ("コメント", "ノーコメント"),
]


@pytest.mark.parametrize(("phrase", "text"), BOUNDARIES)
def test_a_phrase_begins_and_ends_with_a_word(phrase: str, text: str) -> None:
    lexicon = Lexicon.of([("share", "whole", " ".join(phrase_tokens(phrase)))], {})
    assert lexicon.match(phrase).hits
    assert not lexicon.match(text).hits


# --- where a phrase may stand

MODES = [
    ("any", "leave a reply", "Now leave a reply below", (1, 3)),
    ("edge", "read more", "Rain again Read more", (2, 2)),
    ("edge", "read more", "Read more about rain", (0, 2)),
    ("edge", "read more", "We read more books", None),
    ("start", "read also", "Read also the first part", (0, 2)),
    ("start", "read also", "They read also the first part", None),
    ("label", "related", "Related: rain in spring", (0, 1)),
    ("label", "related", "Related： rain", (0, 1)),
    ("label", "related", "Related", (0, 1)),
    ("label", "related", "Related rain", None),
    ("label", "related", "Related rain: a list", None),
    ("whole", "share", "Share", (0, 1)),
    ("whole", "share", "» share! «", (0, 1)),
    ("whole", "share", "Share 12", (0, 2)),
    ("whole", "share", "12 Share 3", (0, 3)),
    ("whole", "share", "Share it", None),
    ("any", "# min read", "about 5 min read", (1, 3)),
    ("any", "# min read", "a min read", None),
    ("whole", "by %n", "By Ann Example", (0, 3)),
    ("whole", "by %n", "BY ANN EXAMPLE", (0, 3)),
    ("whole", "by %n", "By the way", None),
    ("whole", "by %n", "By One Two Three Four Five", None),
    ("whole", "reply to %s now", "Reply to two words now", (0, 5)),
    ("whole", "reply to %s now", "Reply to now", None),
    ("start", "%s says", "Ann Example says the bridge is closed", (0, 3)),
    ("start", "%s says", "The paper that we read says so", None),
]


@pytest.mark.parametrize(("mode", "phrase", "text", "place"), MODES)
def test_a_mode_says_where_a_phrase_may_stand(mode: str, phrase: str, text: str, place: tuple[int, int] | None) -> None:
    match = Lexicon.of([("share", mode, phrase)], {}).match(text)
    assert [(hit.start, hit.length) for hit in match.hits] == ([place] if place else [])


def test_the_longest_phrase_at_a_place_counts_once_for_each_kind() -> None:
    lexicon = Lexicon.of(
        [
            ("share", "any", "share this"),
            ("share", "any", "share this article"),
            ("share", "any", "this article"),
            ("teaser", "any", "this article"),
        ],
        {},
    )
    hits = [(PHRASE_KINDS[kind], start, length) for kind, start, length in lexicon.match("Share this article now").hits]
    assert hits == [("share", 0, 3), ("teaser", 1, 2)]


def test_a_long_text_is_looked_at_from_both_ends() -> None:
    body = "The river rose again in spring and the bridge was closed for weeks. " * 200
    match = LEXICON.match("Read also: " + body + "Your email address will not be published")
    assert kinds_of(match) == {"teaser", "comment-prompt"}
    real = len(tokens_of(body)) + 9
    assert 0.9 * real < match.tokens < 1.1 * real
    assert match.hits[-1].start + match.hits[-1].length <= match.tokens
    assert not LEXICON.match(body + "Leave a Reply. " + body).hits


# --- class names

CLASSES = [
    ("comment-respond", "comment-prompt", True),
    ("commentRespond", "comment-prompt", True),
    ("comment_respond", "comment-prompt", True),
    ("entry-content", "body", True),
    ("c-article__body", "body", True),
    ("articleBody", "body", True),
    ("Post__shareButtons--large", "share", True),
    ("PostByline-root", "byline", True),
    ("site-footer", "footer", True),
    ("COOKIE-BANNER", "cookie-notice", True),
    ("breadcrumbs", "breadcrumb", True),
    ("widget widget_recent_entries", "teaser", True),
    ("nav-next", "pagination", True),
    ("h1 headline", "headline", True),
    ("complementary", "sidebar", True),
    ("has-localnav", "navigation", False),
    ("has-sidebar no-comments is-footer with-share", "sidebar", False),
    ("has-sidebar no-comments is-footer with-share", "comment", False),
    ("has-sidebar no-comments is-footer with-share", "footer", False),
    ("shareholder-value", "share", False),
    ("download-link", "advert", False),
    ("masonry gradient header", "advert", False),
    ("loaded", "advert", False),
    ("entry-content", "comment-prompt", False),
    ("navy", "navigation", False),
]


@pytest.mark.parametrize(("names", "kind", "counts"), CLASSES)
def test_class_names_are_read_as_whole_tokens(names: str, kind: str, counts: bool) -> None:
    weight = LEXICON.class_weights(names)[CLASS_KINDS.index(kind)]
    assert weight >= 0.5 if counts else weight == 0


AMBIGUOUS = [("teaser", "teaser"), ("elementor-widget-container", "sidebar"), ("header", "header"), ("content", "body")]


@pytest.mark.parametrize(("names", "kind"), AMBIGUOUS)
def test_names_that_misfire_weigh_little(names: str, kind: str) -> None:
    assert 0 < LEXICON.class_weights(names)[CLASS_KINDS.index(kind)] <= 0.5


def test_a_pair_of_tokens_takes_the_place_of_its_tokens() -> None:
    lexicon = Lexicon.of([], {"share": {"more": 0.2}, "teaser": {"read-more": 0.9}})
    share, teaser = CLASS_KINDS.index("share"), CLASS_KINDS.index("teaser")
    assert lexicon.class_weights("readMore")[share] == 0
    assert lexicon.class_weights("readMore")[teaser] == 0.9
    assert lexicon.class_weights("read more")[teaser] == 0
    assert lexicon.class_weights("read more")[share] == 0.2


@pytest.mark.parametrize("kind", CLASS_KINDS)
def test_every_kind_has_class_tokens(kind: str) -> None:
    assert len(read_classes(SEEDS)[kind]) >= 15


# --- whatever comes in

WORDS = sorted({token for seed in ALL_SEEDS[::40] for token in phrase_tokens(seed.phrase)} - {"%s", "%n", "#"})
TEXTS = st.one_of(
    st.text(max_size=700),
    st.lists(st.sampled_from([*WORDS, "12", ":", "\n", "©", "İ", "ß", "\u0301"]), max_size=150).map(" ".join),
)


@given(TEXTS)
def test_hits_lie_inside_the_tokens(text: str) -> None:
    match = LEXICON.match(text)
    ends = [0] * len(PHRASE_KINDS)
    for hit in match.hits:
        assert hit.start >= ends[hit.kind]
        assert hit.length > 0
        ends[hit.kind] = hit.start + hit.length
        assert ends[hit.kind] <= match.tokens
    assert all(0 <= match.share(kind) <= 1 for kind in range(len(PHRASE_KINDS)))
    assert match == LEXICON.match(text)


@given(st.text(max_size=300))
def test_class_weights_stay_within_bounds(names: str) -> None:
    weights = LEXICON.class_weights(names)
    assert len(weights) == len(CLASS_KINDS)
    assert all(0 <= weight <= 1 for weight in weights)


HOSTILE = [
    "a" * 1_000_000,
    "by " * 350_000,
    "1 " * 500_000,
    "reply to " * 110_000,
    "で" * 1_000_000,
    "\u0301" * 1_000_000,
    "a'" * 500_000,
    "1," * 500_000,
    ":" * 1_000_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:6]))
def test_the_time_does_not_grow_with_the_text(text: str) -> None:
    start = time.perf_counter()
    for _ in range(20):
        LEXICON.match(text)
        LEXICON.class_weights(text)
    assert time.perf_counter() - start < 5


# --- damaged data and seeds


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"format": 2}',
        json.dumps({"format": FORMAT}).encode(),
        json.dumps({**json.loads(DATA.read_bytes()), "kind_words": ["newsle"]}).encode(),
        json.dumps({"format": FORMAT + 1, "phrases": {}, "classes": {}}).encode(),
    ],
)
def test_a_damaged_data_file_is_a_data_error(data: bytes) -> None:
    with pytest.raises(DataError, match="seeds"):
        Lexicon.from_json(data)


@pytest.mark.parametrize(
    "group",
    [
        '[[nonsense]]\nsource = "x"\nphrases = ["read more"]',
        '[[share]]\nphrases = ["read more"]',
        '[[share]]\nsource = "x"\nmatch = "middle"\nphrases = ["read more"]',
        '[[share]]\nsource = "x"\nphrases = ["%s #"]',
        '[[share]]\nsource = "x"\nphrases = ["%s says"]',
        '[[share]]\nsource = "x"\nphrases = ["by %n"]',
        '[[share]]\nsource = "x"\nphrases = ["shared by %sers"]',
        '[[share]]\nsource = "x"\nphrases = ["…"]',
        "not toml",
    ],
)
def test_seeds_that_match_anything_are_refused(group: str, tmp_path: Path) -> None:
    folder = tmp_path / "phrases"
    folder.mkdir()
    folder.joinpath("en.toml").write_text(group, encoding="utf-8")
    with pytest.raises(DataError, match=r"en\.toml"):
        list(read_phrases(tmp_path))


@pytest.mark.parametrize("weights", ["a-b-c = 0.5", "share = 2.0", "share = 0", "has-sidebar = 0.5", "Share = 0.5"])
def test_class_seeds_that_cannot_be_matched_are_refused(weights: str, tmp_path: Path) -> None:
    text = f'[[classes]]\nkind = "share"\nsource = "x"\n[classes.weights]\n{weights}\n'
    tmp_path.joinpath("classes.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"classes\.toml"):
        read_classes(tmp_path)


def test_the_strictest_mode_holds_where_languages_disagree(tmp_path: Path) -> None:
    folder = tmp_path / "phrases"
    folder.mkdir()
    for language, mode in (("aa", "any"), ("bb", "whole")):
        text = f'[[share]]\nsource = "x"\nmatch = "{mode}"\nphrases = ["plus de pain"]\n'
        folder.joinpath(f"{language}.toml").write_text(text, encoding="utf-8")
    for name in ("classes.toml", "telling-words.toml"):
        tmp_path.joinpath(name).write_text("", encoding="utf-8")
    lexicon = Lexicon.from_json(build_lexicon(tmp_path))
    assert lexicon.match("Plus de pain!").hits
    assert not lexicon.match("Il faut plus de pain").hits


def test_function_words_are_of_all_languages_and_without_case(tmp_path: Path) -> None:
    tmp_path.joinpath("function-words.toml").write_text(
        'de = "Außer"\nel = "αυτός"\nen = "which such"', encoding="utf-8"
    )
    assert build_function_words(tmp_path).decode() == "ausser\nsuch\nwhich\nαυτόσ\n"


@pytest.mark.parametrize("entry", ['en = "such-and-such"', 'en = "the"', 'ja = "した"', "not toml"])
def test_function_words_that_are_never_counted_are_refused(entry: str, tmp_path: Path) -> None:
    tmp_path.joinpath("function-words.toml").write_text(entry, encoding="utf-8")
    with pytest.raises(DataError, match=r"function-words\.toml"):
        build_function_words(tmp_path)


def test_telling_words_are_of_all_languages_and_begin_words(tmp_path: Path) -> None:
    tmp_path.joinpath("telling-words.toml").write_text(
        '[site]\nen = "Newsletter mail"\nzh = "订阅"\n[address]\nde = "unser unserem"', encoding="utf-8"
    )
    assert read_telling_words(tmp_path) == {
        "site_words": ["mail", "newsle", "订阅"],
        "address_words": ["unser", "unsere"],
    }


@pytest.mark.parametrize("entry", ['[site]\nen = "such-and-such"', '[site]\nja = "登録する"', "not toml"])
def test_telling_words_that_are_never_found_are_refused(entry: str, tmp_path: Path) -> None:
    tmp_path.joinpath("telling-words.toml").write_text(entry, encoding="utf-8")
    with pytest.raises(DataError, match=r"telling-words\.toml"):
        read_telling_words(tmp_path)


def test_words_of_phrases_tell_their_kind() -> None:
    def seeds(kind: str, *phrases: str) -> list[Seed]:
        return [Seed("en", kind, "any", "own knowledge", phrase) for phrase in phrases]

    phrases = [
        *seeds("newsletter", "Our newsletter", "Newsletters by %s", "Get # newsletters", "Your e-mail"),
        *seeds("comment", "Your e-mail, Ann", "Your comment", "12 comments", "An answer"),
        *seeds("share", "订阅", "订阅吧"),
    ]
    words = count_kind_words(phrases)
    newsletter, comment, share = (PHRASE_KINDS.index(kind) for kind in ("newsletter", "comment", "share"))
    assert set(words) == {"newsle", "your", "mail", "commen", "订阅"}, "of two phrases and more, three letters and more"
    assert words["newsle"] == "0" * newsletter + "6" == "0006", "three of 2.5, and one of no kind"
    assert words["your"][newsletter] < words["your"][comment]
    assert words["订阅"] == "0" * share + "7", "a kind of few phrases counts as one of many"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("newsletter", "All the week's stories, sent to your inbox on Sunday"),
        ("paywall", "Unlimited access with a monthly subscription, cancel whenever you like"),
        ("cookie-notice", "Diese Website speichert Cookies für Statistik und Werbung unserer Partner"),
        ("comment-prompt", "Tu correo electrónico no se muestra con el comentario"),
    ],
)
def test_lines_that_are_no_phrase_speak_of_their_kind(kind: str, text: str) -> None:
    assert telling(text).most == kind
    assert telling(text).share > 0.1


class Telling(NamedTuple):
    """What the words of a text tell: those of a site, and the kind that they speak of most."""

    site: float
    most: str
    share: float


def telling(text: str) -> Telling:
    columns = [column[0] for column in telling_columns(BlockWords([text]), LEXICON)]
    kinds = columns[TELLING_COLUMNS.index(f"speaks_{PHRASE_KINDS[0]}") :]
    return Telling(columns[0], PHRASE_KINDS[kinds.index(max(kinds))], max(kinds))


def test_articles_use_few_of_the_words_that_tell_of_a_site() -> None:
    """A case against: prose about anything else."""
    for path in sorted((ROOT / "fixtures").glob("negative--clean-prose-*/page.txt")):
        for text in path.read_text(encoding="utf-8").split("\n\n"):
            assert telling(text).site < 0.12, path
            assert telling(text).share < 0.1, path
