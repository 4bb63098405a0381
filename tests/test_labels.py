"""The label of a dropped block: by a rule where one is sure, else by the ensembles that tell kinds apart."""

from __future__ import annotations

from array import array
from dataclasses import replace

import pytest

from cleanbody import Label
from cleanbody.classify import classify
from cleanbody.features import COLUMNS, compute
from cleanbody.lexicon import Lexicon
from cleanbody.model import KIND_COLUMNS, KIND_LABELS, Ensemble, Model, kind_name, read_model, write_model
from cleanbody.naming import CONTENT, DOUBTFUL, LEAST, SURE, Doubtful, Ruled, Said, name_kinds
from cleanbody.page import CONTENT_LABELS, LABELS, Decisions
from cleanbody.plaintext import read_text
from cleanbody.rules import VETO, Book, Rule

EMPTY = Ensemble(KIND_COLUMNS, *(array(code) for code in "HHHBddI"))
PROSE = "It rained all day, and in the evening, when nobody minded any more, it rained still on hills and roofs."
TEXT = f"{PROSE}\n\nweather of ours\n\n{PROSE} Then it snowed.\n\nLeave a Reply"


def flat(columns: tuple[str, ...], score: float) -> Ensemble:
    """An ensemble that gives every row the same."""
    return replace(EMPTY, columns=columns, bias=score)


def words_decide() -> dict[str, Ensemble]:
    """Both stages of a block model: blocks of more than ten words are content."""
    from cleanbody.features.second import SECOND_COLUMNS

    tree = {
        "feature": array("H", [COLUMNS.index("words"), 0, 0]),
        "left": array("H", [1, 1, 2]),
        "right": array("H", [2, 1, 2]),
        "nan_left": array("B", [1, 0, 0]),
        "threshold": array("d", [10.0, 0.0, 0.0]),
        "value": array("d", [0.0, -5.0, 5.0]),
        "root": array("I", [0]),
    }
    return {
        "text-first": Ensemble(COLUMNS, **tree),  # type: ignore[arg-type]
        "text-second": Ensemble((*COLUMNS, *SECOND_COLUMNS), **tree),  # type: ignore[arg-type]
    }


def decided(kinds: dict[Label, float], text: str = TEXT) -> Decisions:
    document = read_text(text)
    named = {kind_name("text", label): flat(KIND_COLUMNS, score) for label, score in kinds.items()}
    table = compute(document, Lexicon.load())
    return classify(document, table, model=Model({**words_decide(), **named}, {}))


def labels(kinds: dict[Label, float], text: str = TEXT) -> list[str]:
    return [LABELS[k].value for k in decided(kinds, text).label]


def test_the_likeliest_kind_names_what_no_rule_names() -> None:
    assert labels({}) == ["body", "other", "body", "comment-prompt"]
    assert labels({Label.SHARE: 2.0, Label.TEASER: 0.0}) == ["body", "share", "body", "comment-prompt"]
    assert labels({Label.SHARE: 1.0, Label.OTHER: 9.0}) == ["body", "share", "body", "comment-prompt"]
    even = dict.fromkeys((Label.SHARE, Label.TEASER, Label.FOOTER), 1.0)
    assert LEAST > 1 / 3 and labels(even)[1] == "other"  # no kind is likely enough


def test_comments_are_called_so_on_good_grounds_alone() -> None:
    assert labels({Label.COMMENT: 0.3, Label.FOOTER: 0.0})[1] == "other"
    assert labels({Label.COMMENT: 1.0, Label.FOOTER: 0.0})[1] == "comment"
    assert labels({Label.COMMENT: 1.0, Label.FOOTER: 0.0}, TEXT.replace("weather", "of a weather " * 8))[1] != "comment"


SEEN = [
    (Label.DUPLICATE, "weather of ours", "other"),  # it repeats nothing
    (Label.DUPLICATE, "weather of ours\n\nweather of ours", "duplicate"),
    (Label.BREADCRUMB, "weather of ours", "navigation"),  # it has no steps
    (Label.BREADCRUMB, "weather of ours > all of it", "breadcrumb"),
]


@pytest.mark.parametrize(("kind", "line", "label"), SEEN)
def test_a_kind_names_a_block_of_which_it_can_be_seen(kind: Label, line: str, label: str) -> None:
    assert labels({kind: 9.0, Label.PAGINATION: 0.0}, TEXT.replace("weather of ours", line))[1] == label


def test_teasers_are_called_so_on_good_grounds_alone() -> None:
    assert labels({Label.TEASER: 0.2, Label.FOOTER: 0.0})[1] == "other"
    assert labels({Label.TEASER: 1.0, Label.FOOTER: 0.0})[1] == "teaser"


def test_a_rule_that_is_not_sure_is_a_hint_and_one_of_no_kind_is_none() -> None:
    document = read_text(TEXT)
    table = compute(document, Lexicon.load())
    kinds = {kind_name("text", label): flat(KIND_COLUMNS, 1.0) for label in (Label.SHARE, Label.TEASER, Label.FOOTER)}
    hint, other = Rule("hint", Label.FOOTER, SURE - 1.0, ()), Rule("place", Label.OTHER, SURE + 1.0, ())
    fate = bytearray([CONTENT, DOUBTFUL, CONTENT, CONTENT])

    def name(*rules: Rule) -> Label:
        ruled = Ruled.of(Book(rules), [0, (1 << len(rules)) - 1, 0, 0])
        model, doubtful = Model(kinds, {}), Doubtful.of(table, fate)
        kind, _ = name_kinds(doubtful, ruled, fate, table["words"], "text", model).get(1, (None, 0.0))
        return Said.by(rules).label(kind)

    assert name(hint) is name(hint, other) is Label.FOOTER
    assert name(other) is Label.OTHER
    assert Said.by([hint, other]).label(None) is Label.FOOTER
    assert Said.by([hint, replace(other, weight=VETO)]).label(None) is Label.OTHER


def test_the_kind_is_a_reason_of_what_it_names_alone() -> None:
    found = decided({Label.SHARE: 2.0, Label.TEASER: 0.0})
    codes = [[(reason.code, reason.label) for reason in reasons if reason.code == "kind"] for reasons in found.reasons]
    assert codes == [[], [("kind", Label.SHARE)], [], []]
    (reason,) = (reason for reason in found.reasons[1] if reason.code == "kind")
    assert reason.weight == pytest.approx(2.0)


def test_kinds_are_the_labels_of_boilerplate() -> None:
    assert set(KIND_LABELS) == set(LABELS) - CONTENT_LABELS - {Label.TEMPLATE}
    assert set(KIND_COLUMNS) <= set(COLUMNS) and len(KIND_COLUMNS) > 40
    model = {kind_name("page", Label.SHARE): flat(KIND_COLUMNS, 1.0)}
    assert read_model(write_model(model, {})).ensembles == model


def test_kinds_are_learned_from_labelled_rows() -> None:
    np = pytest.importorskip("numpy")
    pytest.importorskip("lightgbm")
    from cleanbody.train.kinds import fit_kinds

    rng = np.random.default_rng(1)
    features = rng.random((600, len(COLUMNS))).astype(np.float32)
    numbers = np.array([KIND_LABELS.index(label) for label in (Label.SHARE, Label.FOOTER)])
    by_words = (features[:, COLUMNS.index("words")] > 0.5).astype(int)
    ensembles = fit_kinds("text", features, numbers[by_words].astype(np.int8))
    assert set(ensembles) == {"text-kind-share", "text-kind-footer"}
    columns = [array("d", features[:, COLUMNS.index(name)].astype(float)) for name in KIND_COLUMNS]
    share, footer = (ensembles[f"text-kind-{name}"].score(columns) for name in ("share", "footer"))
    right = sum((b > a) == bool(flag) for a, b, flag in zip(share, footer, by_words, strict=True))
    assert right > 590
    assert fit_kinds("text", features, np.full(600, -1, dtype=np.int8)) == {}


def test_labels_for_training_are_those_of_the_truth_or_of_sure_rules() -> None:
    pytest.importorskip("numpy")
    from cleanbody.train.labels import labels_of_rules, labels_of_truth
    from cleanbody.train.layouts import Truth

    document = read_text(TEXT)
    texts = [document.block_text(i) for i in range(len(document))]
    truth = [Truth(text, Label.BODY, True, "paragraph") for text in texts]
    truth[1] = truth[1]._replace(label=Label.SHARE, keep=False)
    assert list(labels_of_truth(texts, truth)) == [-1, KIND_LABELS.index(Label.SHARE), -1, -1]
    table = compute(document, Lexicon.load())
    prompt, other = KIND_LABELS.index(Label.COMMENT_PROMPT), KIND_LABELS.index(Label.OTHER)
    assert list(labels_of_rules(table, False, [1.0, 0.0, 1.0, 0.0])) == [-1, other, -1, prompt]
    assert list(labels_of_rules(table, False, [1.0, 0.0, 1.0, 1.0])) == [-1, other, -1, -1]  # the gold has it


PROSE = "The harbour master counted forty swans on Sunday, which is more than anybody has counted there, he said."
NAMED = f"""<html><body><h1>Swans counted</h1><p>{PROSE}</p><p>{PROSE[::-1]}</p>
<div class="share-buttons"><a href="/a">Handwritten</a> <a href="/b">Pigeon</a></div>
<div class="author-bio"><p>Ann rows out there each week</p></div></body></html>"""


def test_copies_of_a_page_have_the_labels_that_its_class_names_tell() -> None:
    pytest.importorskip("numpy")
    from cleanbody.train.copies import BARE, BLOCKS, without_names
    from cleanbody.train.gold import Labelled
    from cleanbody.train.matrix import page_rows

    gold = f"Swans counted\n{PROSE}\n{PROSE[::-1]}"
    page = Labelled("a", "set", None, "a.example", NAMED, "", gold, "article", "en", None)
    bare = page._replace(html=without_names(NAMED), renderer=BARE)
    text = "\n".join(["Swans counted", PROSE, PROSE[::-1], "Handwritten", "Pigeon", "Ann rows out there each week"])
    lines = page._replace(html="", text=text, renderer=BLOCKS)

    def told(page: Labelled) -> set[str]:
        return {KIND_LABELS[k].value for k in page_rows(page).labels if k >= 0}

    assert told(page) >= {"share", "author-bio"}
    for copy in (bare, lines):
        assert not told(copy) & {"share", "author-bio"}, "nothing in the copy itself says so"
        rows = page_rows(copy._replace(original=NAMED))
        assert told(copy._replace(original=NAMED)) == told(page)
        assert rows.page.original == "" and -1 in rows.labels
    kept = page_rows(bare._replace(original=NAMED, gold=f"{gold}\nAnn rows out there each week"))
    assert "author-bio" not in {KIND_LABELS[k].value for k in kept.labels if k >= 0}, "the gold has it"


def test_what_words_speak_of_is_for_kinds_alone() -> None:
    np = pytest.importorskip("numpy")
    from cleanbody.features import KIND_ONLY
    from cleanbody.train.fit import stage_features
    from cleanbody.train.gold import Labelled
    from cleanbody.train.matrix import page_rows

    page = Labelled("a", "set", None, "a.example", "", "Subscribe to the newsletter\n\n" + PROSE, PROSE, "", "", None)
    rows = page_rows(page)
    columns = [COLUMNS.index(name) for name in KIND_ONLY]
    assert set(KIND_ONLY) <= set(KIND_COLUMNS) and np.any(rows.features[:, columns])
    assert not np.any(stage_features([rows])[:, columns])
    assert np.any(rows.features[:, columns]), "the rows themselves keep them"
