"""Which names are forms of one, and which mentions in a document are of one entity."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.services.extractor.domain.coding.document import Document
from coderai.services.extractor.domain.coding.entities import JOINED, SAME_PLACE, Merging, merge
from coderai.services.extractor.domain.coding.extraction import Evidence, EvidenceSpan, Found, Match, Mention
from coderai.services.extractor.domain.coding.name_forms import Relation, relate
from coderai.services.extractor.domain.coding.quotes import QuoteFinder

SAME = [
    ("Anna Keller", "Dr. Anna Keller"),
    ("Anna Keller", "A. Keller"),
    ("Anna Keller", "Keller"),
    ("Dr. Keller", "A. Keller"),
    ("Keller, Anna", "Anna Keller"),
    ("Anna M. Keller", "Anna Maria Keller"),
    ("Anna Maria Keller", "Anna Keller"),
    ("José Núñez", "Jose Nunez"),
    ("Jean-Luc Perrin", "Jean Luc Perrin"),
    ("Jürgen Möller", "Juergen Moeller"),
    ("Nagy Péter", "Péter Nagy"),
    ("Seán O’Brien", "Sean O'Brien"),
    ("Acme Ltd", "Acme Limited"),
    ("Acme Ltd.", "Acme"),
    ("Вега ООО", "ООО «Вега»"),
    ("MV Corvina", "Corvina"),
    ("M/V Corvina", "the Corvina"),
    ("World Health Organization", "WHO"),
    ("World Health Organisation (WHO)", "WHO"),
    ("Bundesverfassungsgericht", "Bundes-Verfassungsgericht"),
    ("Experiment II", "Experiment 2"),
    ("the second experiment", "Experiment 2"),
    ("Data Protection Act 2018", "Data Protection Act"),
    ("Regulation (EU) 2016/679", "Regulation 2016/679"),
    ("rally in Rome", "the Rome rally"),
    ("الدكتور أحمد زكي", "أحمد زكي"),
    ("إبراهيم العلي", "ابراهيم العلى"),
    ("王小明先生", "王小明"),
    ("東海株式会社", "東海"),
    ("Владимир Орлов", "В. Орлов"),
    ("GDPR", "General Data Protection Regulation"),
    ("DoJ", "Department of Justice"),
    ("the W.H.O.", "World Health Organization"),
    ("BfV", "Bundesamt für Verfassungsschutz"),
    ("OMS", "Organización Mundial de la Salud"),
    ("ВОЗ", "Всемирная организация здравоохранения"),
    ("Acme Ltd (the 'Buyer')", "the Buyer"),
    ("Acme Ltd (the 'Buyer')", "Acme Limited"),
    ("Acme GmbH (nachfolgend „Käuferin“ genannt)", "die Käuferin"),
    ("ООО «Вега» (далее — «Покупатель»)", "Покупатель"),
    ("东海公司（以下简称“买方”）", "买方"),
    ('شركة النور ("المشتري")', "المشتري"),
    ("MV Corvina, the vessel", "MV Corvina"),
    ("Corvina, the vessel", "MV Corvina"),
    ("MV Corvina, the vessel", "the vessel"),
]
DIFFERENT = [
    ("Maria Gonzalez", "Mario Gonzalez"),
    ("Anna Keller", "Peter Keller"),
    ("A. Keller", "P. Keller"),
    ("Anna B. Keller", "Anna C. Keller"),
    ("Mr Keller", "Mrs Keller"),
    ("Frau Keller", "Herr Keller"),
    ("John Marsh Jr.", "John Marsh Sr."),
    ("Experiment I", "Experiment II"),
    ("Experiment 1", "Experiment 2"),
    ("Sample A", "Sample B"),
    ("World War One", "World War II"),
    ("第一实验", "第二实验"),
    ("Data Protection Act 1998", "Data Protection Act 2018"),
    ("Regulation (EU) 2016/679", "Regulation (EU) 2019/1150"),
    ("2019 rally in Rome", "2020 rally in Rome"),
    ("Corvina II", "Corvina III"),
    ("HMS Corvina", "USS Corvina"),
    ("Acme Ltd", "Acme GmbH"),
    ("Acme (UK) Ltd", "Acme (US) Inc"),
    ("rally in Rome", "rally in Milan"),
    ("Anna Keller", "Anna Weber"),
    ("محمد الأحمد", "علي الأحمد"),
    ("王小明", "王大明"),
    ("Bundesgerichtshof", "Bundesverfassungsgericht"),
    ("Иван Орлов", "Пётр Орлов"),
    ("Acme Holding", "Apex Holding"),
    ("WHO", "who"),
    ("WHO", "the who"),
    ("Acme Motor Works", "Atlas Metal Works"),
    ("the Buyer", "the Seller"),
    ("the Buyer", "Acme Ltd"),
    ("WHO", "World Trade Organization"),
    ("ВОЗ", "Всемирная торговая организация"),
    ("买方", "卖方"),
    ("المشتري", "البائع"),
    ("Acme Ltd (the 'Buyer')", "Acme GmbH (the 'Buyer')"),
]
UNDECIDED = [
    ("York", "New York"),
    ("rally in Rome", "Rome"),
    ("Bank", "Deutsche Bank"),
    ("European Commission", "Commission"),
    ("Anna", "Anna Keller"),
    ("Mohammed Haddad", "Muhammad Haddad"),
    ("Anna Gonzales", "Anna Gonzalez"),
    ("attack by Hamas on Israel", "attack by Israel on Hamas"),
    ("Experiment", "Experiment II"),
    ("dock workers' strike", "strike"),
    ("جامعة القاهرة", "القاهرة"),
    ("Portavell protest march", "Portavel protest march"),
    ("EU", "European Union"),
    ("U.N.", "United Nations"),
    ("Acme Ltd (the 'Buyer')", "Beta Ltd (the 'Buyer')"),
    ("Acme Ltd (the 'Buyer')", "Acme Ltd (the 'Seller')"),
    ("Keller, the older", "Keller, the younger"),
    ("rally in Rome", "rally in Rome, the second"),
    ("Weltgesundheitsorganisation (WHO)", "World Health Organization"),
    ("Acme Motor Works (AMW)", "Atlas Metal Works Union (AMW)"),
]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        *((*pair, Relation.SAME) for pair in SAME),
        *((*pair, Relation.DIFFERENT) for pair in DIFFERENT),
        *((*pair, Relation.UNDECIDED) for pair in UNDECIDED),
    ],
)
def test_names_are_forms_of_one_or_told_apart_or_left_open(left: str, right: str, expected: Relation) -> None:
    told = {relate(left, right).relation, relate(right, left).relation}
    assert {Relation.DIFFERENT if r is Relation.UNRELATED else r for r in told} == {expected}


# In a document


def mention(name: str, quote: str, text: str, passage: int = 0) -> Mention:
    return Mention(name, QuoteFinder(Document("1", "", text)).find(quote), passage)


def rows(*listed: tuple[str, str], apart: bool = True) -> list[set[str]]:
    """The entities, by their quotes, that (name, sentence) pairs give; each in a passage of its own, or all in one."""
    text = " ".join(sentence for _, sentence in listed)
    mentions = [mention(name, quote, text, number * apart) for number, (name, quote) in enumerate(listed)]
    return [{m.evidence.quote for m in found.mentions} for found in merge(mentions, "en")]


def named(found: Found) -> list[str]:
    return [mention.text for mention in found.mentions]


PERSON = ("Anna Keller", "Dr. Anna Keller", "A. Keller", "Keller")


@pytest.mark.parametrize("apart", [True, False])
def test_the_forms_of_a_name_are_one_person(apart: bool) -> None:
    assert len(rows(*((name, f"{name} spoke.") for name in PERSON), apart=apart)) == 1


def test_a_short_form_that_could_be_two_persons_is_neither_and_says_so() -> None:
    text = "Anna Keller spoke. Peter Keller left. Keller agreed. A. Keller signed."
    names = {name: name for name in ("Anna Keller", "Peter Keller", "A. Keller")} | {"Keller": "Keller agreed"}
    found = merge(
        mention(name, name, text) if name != "Keller" else mention(name, "Keller agreed", text) for name in names
    )
    assert [[m.text for m in one.mentions] for one in found] == [
        ["Anna Keller", "A. Keller"],
        ["Peter Keller"],
        ["Keller"],
    ]
    assert [m.why for one in found for m in one.mentions] == [
        "first mention; could be 'Keller'",
        "initials of given names: 'Anna Keller'",
        "first mention; could be 'Keller'",
        "first mention; could be 'Anna Keller' or 'Peter Keller'",
    ]


def test_events_of_one_name_with_other_dates_are_two_and_with_the_same_date_one() -> None:
    first = ("rally in Rome", "A rally in Rome on 3 March 2021 drew 500.")
    second = ("rally in Rome", "The rally in Rome of 9 May 2021 was larger.")
    again = ("rally in Rome", "After the rally in Rome on 9 May 2021 two were held.")
    for apart in (True, False):
        assert rows(first, second, again, apart=apart) == [{first[1]}, {second[1], again[1]}]


def test_a_mention_without_a_date_joins_the_only_event_of_its_name_and_none_of_two() -> None:
    first = ("rally in Rome", "A rally in Rome on 3 March 2021 drew a crowd.")
    second = ("rally in Rome", "The rally in Rome of 9 May 2021 was larger.")
    bare = ("rally in Rome", "The rally in Rome was peaceful.")
    assert len(rows(first, bare)) == 1
    assert rows(first, second, bare) == [{first[1]}, {second[1]}, {bare[1]}]


def test_what_is_listed_twice_in_one_passage_is_two_when_numbers_or_places_differ() -> None:
    first = ("strike", "A strike in Portavel idled 300 workers.")
    second = ("strike", "A strike in Kessling idled 90 workers.")
    assert len(rows(first, second, apart=False)) == 2
    assert len(rows(("strike", "A strike began."), ("strike", "The strike ended."), apart=False)) == 1


def test_a_person_is_one_whatever_dates_are_told_of_them() -> None:
    born, spoke = ("Anna Keller", "Anna Keller was born on 3 March 1970."), ("Keller", "Keller spoke on 9 May 2021.")
    assert len(rows(born, spoke)) == 1


def test_one_place_in_overlapping_passages_is_one_entity() -> None:
    text = "On Friday the dock workers' strike at Portavel began."
    quote = "the dock workers' strike at Portavel"
    found = merge([mention("dock workers' strike", quote, text), mention("strike", quote, text, 3)])
    assert [m.why for m in found[0].mentions] == ["first mention", SAME_PLACE]


def test_a_place_that_two_persons_share_makes_them_neither_one_nor_double() -> None:
    text = "Anna Keller and Peter Keller spoke."
    names = ("Anna Keller", "Peter Keller", "Keller")
    found = merge(mention(name, text, text, passage) for name in names for passage in (0, 3))
    assert [named(one) for one in found] == [["Anna Keller"] * 2, ["Keller"] * 2, ["Peter Keller"] * 2]


def test_short_forms_at_the_places_of_two_persons_double_neither() -> None:
    text = "Anna Keller spoke. Then Anna left. Peter Keller sang. Then Peter sat."
    listed = [("Anna Keller", "Anna Keller spoke", 0), ("Keller", "Anna Keller spoke", 3)]
    listed += [("Peter Keller", "Peter Keller sang", 3), ("Keller", "Peter Keller sang", 6)]
    listed += [("Anna Keller", "Then Anna left", 0), ("Peter Keller", "Then Peter sat", 6)]
    found = merge(mention(name, quote, text, passage) for name, quote, passage in listed)
    assert [named(one) for one in found] == [["Anna Keller"] * 2, ["Keller"] * 2, ["Peter Keller"] * 2]


def test_a_second_call_joins_what_is_open_and_not_what_is_told_apart() -> None:
    text = "Anna Keller spoke. Peter Keller left. Later Keller agreed."
    names = {"Anna Keller": "Anna Keller", "Peter Keller": "Peter Keller", "Keller": "Keller agreed"}
    merging = Merging.of(mention(name, quote, text) for name, quote in names.items())
    assert [[merging.mentions[m].text for m in group] for group in merging.undecided] == [[n] for n in names]
    found = merging.join([(0, 2)]).found()
    assert [named(one) for one in found] == [["Anna Keller", "Keller"], ["Peter Keller"]]
    assert found[0].mentions[1].why == "surname: 'Anna Keller'"
    assert len(merging.join([(0, 1, 2)]).found()) == 3
    unclear = Merging.of(
        [mention("York", "York", "York and New York"), mention("New York", "New York", "York and New York")]
    )
    assert [m.why for m in unclear.join([(0, 1)]).found()[0].mentions] == ["first mention", JOINED]


# Second names


def told(text: str, *names: str) -> list[list[str]]:
    """The entities, by their names, of which a text speaks; each name is listed with the name itself as its quote."""
    listed = [mention(name, name, text, number) for number, name in enumerate(names)]
    return sorted(sorted(named(one)) for one in merge(listed, "en", text))


DEFINED = [
    ("Acme Ltd (the 'Buyer') pays. The Buyer left.", "Acme Ltd", "The Buyer"),
    ('Acme Ltd (the "Buyer", a company of Kessling) pays.', "Acme Ltd", "Buyer"),
    ("Acme Ltd, hereinafter referred to as the Buyer, pays.", "Acme Ltd", "the Buyer"),
    ("The singer Edson Arantes, known as Pelé, left.", "Edson Arantes", "Pelé"),
    ("The MV Corvina (also Aurora) sank.", "MV Corvina", "Aurora"),
    ("The MV Corvina (formerly the Aurora) sank.", "MV Corvina", "Aurora"),
    ("The EU: the European Union (EU) met.", "European Union", "EU"),
    ("Regulation (EU) 2016/679 (GDPR) applies.", "Regulation (EU) 2016/679", "GDPR"),
    ("Die Acme GmbH (nachfolgend „Käuferin“ genannt) zahlt.", "Acme GmbH", "Käuferin"),
    ("Die Acme GmbH, im Folgenden Käuferin, zahlt.", "Acme GmbH", "Käuferin"),
    ("La société Acme, ci-après dénommée « l'Acheteur », paie.", "Acme", "l'Acheteur"),
    ('Acme S.A. (en adelante, el "Comprador") paga.', "Acme S.A.", "Comprador"),
    ("Acme SpA, di seguito «Acquirente», paga.", "Acme SpA", "Acquirente"),
    ("A Acme Lda, doravante denominada Compradora, paga.", "Acme Lda", "Compradora"),
    ("ООО «Вега» (далее — «Покупатель») платит.", "ООО «Вега»", "Покупатель"),
    ("东海公司（以下简称“买方”）付款。", "东海公司", "买方"),
    ('دفعت شركة النور ("المشتري") المبلغ.', "شركة النور", "المشتري"),
]


@pytest.mark.parametrize(("text", "full", "short"), DEFINED)
def test_what_the_text_gives_a_second_name_is_one_and_its_sentence_is_the_reason(
    text: str, full: str, short: str
) -> None:
    assert told(text, full, short) == [sorted([full, short])]
    [found] = merge([mention(short, short, text), mention(full, full, text, 1)], "en", text)
    first, second = found.mentions
    assert first.why == "first mention" and second.why.startswith("the text says so: ")
    assert second.why.removeprefix("the text says so: ")[1:8] in text


def test_a_bracket_that_leaves_open_what_the_names_tell_changes_nothing() -> None:
    assert told("Anna Keller (Keller) spoke.", "Anna Keller", "Keller") == [["Anna Keller", "Keller"]]


def test_a_law_by_its_initials_its_number_and_its_title_is_one() -> None:
    text = 'Regulation (EU) 2016/679 (General Data Protection Regulation, "GDPR") applies. So says the GDPR.'
    names = ("GDPR", "General Data Protection Regulation", "Regulation (EU) 2016/679")
    assert told(text, *names) == [sorted(names)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Anna Keller (SPD) spoke.", ("Anna Keller", "SPD")),
        ("Hamlet (Anna Keller) died.", ("Hamlet", "Anna Keller")),
        ("Experiment II (Sample 5) failed.", ("Experiment II", "Sample 5")),
        ('Anna Keller and Peter Weber (the "Sellers") agree.', ("Anna Keller", "Peter Weber", "Sellers")),
        ("Acme Motor Works met Allied Metal Workers. AMW won.", ("Acme Motor Works", "Allied Metal Workers", "AMW")),
        (
            "Acme Ltd (the 'Buyer') and Beta Oy (the 'Buyer') pay. Buyer is Buyer.",
            ("Acme Ltd", "Beta Oy", "Buyer"),
        ),
        ("WHO, and those who came.", ("WHO", "who")),
        ("Anna Keller (born in Rome) spoke (again).", ("Anna Keller", "Rome")),
        ("Acme Ltd (Beta and Gamma) met.", ("Acme Ltd", "Beta", "Gamma")),
        ("Вега (Орлов) и Заря.", ("Вега", "Орлов", "Заря")),
        ("东海公司和北海公司（以下简称“买方”）付款。", ("东海公司", "北海公司", "买方")),
        ("شركة النور وشركة الأمل.", ("شركة النور", "شركة الأمل")),
    ],
)
def test_what_the_text_does_not_make_one_stays_apart(text: str, names: tuple[str, ...]) -> None:
    assert len(told(text, *names)) == len(names)


def test_what_the_text_says_goes_before_what_the_letters_say() -> None:
    text = "Acme Motor Works (AMW) met Allied Metal Workers. AMW won."
    names = ("Acme Motor Works", "Allied Metal Workers", "AMW")
    assert told(text, *names) == [["AMW", "Acme Motor Works"], ["Allied Metal Workers"]]


def test_a_shorthand_is_put_to_the_call_with_names_that_share_no_word_with_it() -> None:
    def put(*names: str) -> list[str]:
        text = ". ".join(names)
        merging = Merging.of((mention(name, name, text) for name in names), "en", text)
        return [merging.mentions[m].text for group in merging.undecided for m in group]

    assert put("Acme Ltd", "Beta Oy", "the Buyer") == ["Acme Ltd", "Beta Oy", "the Buyer"]
    assert put("Regulation (EU) 2016/679", "GDPR") == ["Regulation (EU) 2016/679", "GDPR"]
    assert put("the vessel", "MV Corvina") == ["the vessel", "MV Corvina"]
    assert put("Anna Keller", "Peter Weber", "rally in Rome") == put("the Buyer", "the Seller") == []
    assert put("the Buyer", *(f"Acme {letter * 2}" for letter in "BCDEFGHJKLMN")) == []


NAMES = sorted({name for pairs in (SAME, DIFFERENT, UNDECIDED) for pair in pairs for name in pair} | set(PERSON))
SECOND = " ".join(f"{left} (the {right!r}) and {right}, known as {left}." for left, right in [*SAME, *DIFFERENT][::3])
SAID = ["", " on 3 March 2021", " on 9 May 2021", " with 500 people", " in Portavel"]


@st.composite
def mentions(draw: st.DrawFn) -> list[Mention]:
    pool = [*draw(st.lists(st.sampled_from(NAMES), max_size=4)), "Keller", "Anna Keller", "rally in Rome"]
    made = []
    for _ in range(draw(st.integers(1, 10))):
        name, start = draw(st.sampled_from(pool)), draw(st.integers(0, 60))
        quote = name + draw(st.sampled_from(SAID))
        span = EvidenceSpan(start, start + len(quote), 1)
        made.append(Mention(name, Evidence(quote, Match.EXACT, (span,)), draw(st.integers(0, 3))))
    return made


@given(mentions(), st.randoms(use_true_random=False))
def test_the_order_of_the_mentions_changes_nothing_and_none_is_lost(listed: list[Mention], random: Random) -> None:
    shuffled = list(listed)
    random.shuffle(shuffled)
    assert merge(shuffled, "en", SECOND) == merge(listed, "en", SECOND)
    assert merge(shuffled) == merge(listed)
    kept = [(m.text, m.evidence, m.passage) for one in merge(listed) for m in one.mentions]
    assert sorted(kept, key=repr) == sorted(((m.text, m.evidence, m.passage) for m in listed), key=repr)


@given(mentions())
def test_no_entity_holds_two_mentions_that_are_told_apart(listed: list[Mention]) -> None:
    for one in (*merge(listed), *merge(listed, "en", SECOND)):
        names = [m.text for m in one.mentions]
        assert not any(relate(a, b).relation is Relation.DIFFERENT for a in names for b in names)


@given(st.text(st.characters(), max_size=300), st.lists(st.text(st.characters(), min_size=1, max_size=12), max_size=6))
def test_no_text_and_no_name_is_too_odd(text: str, names: list[str]) -> None:
    text = f"{text} {' ('.join(names)}) {', known as '.join(names)}"
    evidence = Evidence("", Match.EXACT, (EvidenceSpan(0, 1, 1),))
    listed = [Mention(name, evidence, number) for number, name in enumerate(names)]
    assert sum(len(one.mentions) for one in merge(listed, "", text)) == len(names)
