"""Tokens are counted as OpenAI's models do; the estimate is near that, in many scripts, for any text at all."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.kit.tokens import estimate_tokens, token_counter

# Counted with OpenAI's o200k_base.
COUNTED = {
    "All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience and "
    "should act towards one another in a spirit of brotherhood. On 14 March 2019, police in Nairobi fired tear gas at "
    "about 1,200 protesters; 17 people were injured, according to the ministry of health.": 68,
    "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen begabt und "
    "sollen einander im Geiste der Brüderlichkeit begegnen. Die Bundesregierung beschloss am 3. Mai 2021 Ausgaben von "
    "2,5 Milliarden Euro für den Ausbau der Eisenbahninfrastruktur.": 69,
    "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью и должны "
    "поступать в отношении друг друга в духе братства. Правительство выделило "
    "2,5 миллиарда рублей на ремонт дорог.": 56,
    "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق. وقد وهبوا عقلا وضميرا وعليهم أن يعامل بعضهم بعضا بروح "
    "الإخاء. أعلنت الحكومة عن تخصيص مليار دولار لإصلاح الطرق في البلاد.": 55,
    "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है। उन्हें बुद्धि और अन्तरात्मा "
    "की देन प्राप्त है और परस्पर उन्हें भाईचारे के भाव से बर्ताव करना चाहिए।": 54,
    "人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心,并应以兄弟关系的精神相对待。"
    "国务院于2019年3月14日发布了关于进一步加强道路安全管理工作的通知,要求各地区采取有效措施。": 64,
    "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。人間は、理性と良心とを授けられており、"
    "互いに同胞の精神をもって行動しなければならない。政府は道路の修理に二十億円を支出した。": 88,
    "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로 이성과 양심을 부여받았으며 "
    "서로 형제애의 정신으로 행동하여야 한다.": 51,
    '{"v0": [{"value": "17", "quote": "17 people were injured, according to the ministry", "confidence": 0.9, '
    '"explanation": ""}], "v1": []}': 44,
}


@pytest.mark.parametrize(("text", "counted"), COUNTED.items(), ids=lambda value: str(value)[:20])
def test_the_estimate_is_near_the_count(text: str, counted: int) -> None:
    assert 0.8 * counted <= estimate_tokens(text) <= 1.7 * counted


@pytest.mark.parametrize(("text", "counted"), COUNTED.items(), ids=lambda value: str(value)[:20])
def test_a_model_of_openai_has_its_own_count(text: str, counted: int) -> None:
    for model in ("openai:gpt-5-mini", "openai:gpt-5.6-luna", "openai:gpt-4o", "openai:o3", "azure_openai:gpt-4.1"):
        assert token_counter(model)(text) == counted


def test_older_models_of_openai_have_another_count() -> None:
    text = "Правительство выделило 2,5 миллиарда рублей на ремонт дорог."
    assert token_counter("openai:gpt-4")(text) == token_counter("openai:gpt-3.5-turbo")(text) == 30
    assert token_counter("openai:gpt-4o")(text) == 15


@pytest.mark.parametrize("model", ["", "offline", "anthropic:claude-sonnet-5", "openai:a-model-of-ours", "openai:"])
def test_other_models_have_the_estimate(model: str) -> None:
    assert token_counter(model) is estimate_tokens


# Special tokens are plain text in a document.
@given(st.text(st.characters()) | st.just("<|endoftext|>"))
def test_any_text_can_be_counted(text: str) -> None:
    for model in ("openai:gpt-5-mini", "openai:gpt-4"):
        count = token_counter(model)
        assert bool(text) <= count(text) <= len(text.encode("utf-8", "replace"))


def test_counting_needs_no_langchain() -> None:
    code = "import sys, kit.tokens; sys.exit(any(name.startswith(('langchain', 'openai')) for name in sys.modules))"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=240)


# Lone surrogates too: they occur in what PDF files hold.
@given(st.text(st.characters()), st.text(st.characters()))
def test_any_text_has_an_estimate_and_longer_text_has_more(first: str, second: str) -> None:
    whole = estimate_tokens(first + second)
    assert whole >= max(estimate_tokens(first), estimate_tokens(second))
    assert whole <= estimate_tokens(first) + estimate_tokens(second)
    assert bool(whole) == bool(first + second)
