"""Words broken at line ends are whole again, and compounds keep their hyphens."""

from coderai.services.ingest.domain.hyphens import join_broken_words


def test_broken_words_are_joined() -> None:
    assert join_broken_words(["The demon-\nstration was an-\nnounced."]) == ["The demonstration was announced."]
    assert join_broken_words(["Überdeckung nach Vorausset-\nzung"]) == ["Überdeckung nach Voraussetzung"]


def test_hyphens_that_belong_to_the_word_stay() -> None:
    assert join_broken_words(["a well-known man, well-\nknown"]) == ["a well-known man, well-known"]
    assert join_broken_words(["Nord-\nSüd 2019-\n2020 COVID-\n19"]) == ["Nord-Süd 2019-2020 COVID-19"]
    assert join_broken_words(["Vor-\nund Nachteile, pre-\nand post-war"]) == ["Vor- und Nachteile, pre- and post-war"]
    assert join_broken_words(["a list:\n-\none"]) == ["a list:\n-\none"]


def test_a_word_broken_by_a_page_stands_where_it_begins() -> None:
    assert join_broken_words(["It was de-", "cided at noon.", "End-"]) == ["It was decided", "at noon.", "End-"]
