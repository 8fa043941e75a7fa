"""Answers as models give them, good, bad and odd: a document, a value with its quote, and what must come of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from coderai.codebook.variable import Category, GoldenExample, IfMultipleValues, Variable, VariableType
from coderai.services.extractor.domain.coding.extraction import Support
from tests.support.codebooks import variable

STATED, UNCHECKED = Support.STATED, Support.UNCHECKED
CONTRADICTED, UNGROUNDED = Support.CONTRADICTED, Support.UNGROUNDED

_ELSEWHERE = GoldenExample("In Sorn the hospital counted 77 injured marchers.", 77)
INJURED = variable("injured", VariableType.NUMBER, "How many people were injured.", golden_examples=(_ELSEWHERE,))
ALL_INJURED = variable("injured", VariableType.NUMBER, if_multiple_values=IfMultipleValues.ALL)
MARCHERS = variable("marchers", VariableType.NUMBER, "How many people marched.")
DAMAGE = variable("damage", VariableType.NUMBER, "The cost of the damage.")
TURNOUT = variable("turnout", VariableType.NUMBER, "Turnout in per cent.")
AGE = variable("age", VariableType.NUMBER, "Age of the youngest injured person.")
DAY = variable("event_date", VariableType.DATE, "The day of the event.")
PLACE = variable("place", VariableType.TEXT, "The town of the event.")
DEMAND = variable("demand", VariableType.TEXT, "What was demanded.")
FORCE = variable("police_force", VariableType.BOOLEAN, "Whether the police used force.")
PERMIT = variable("permit", VariableType.BOOLEAN, "Whether the march had a permit.")
_FORMS = tuple(Category(form) for form in ("march", "strike", "vigil"))
FORM = variable("form", VariableType.CATEGORY, "The form of the event: march, strike or vigil.", categories=_FORMS)

REPORT = (
    "The march in Port Elmo on 5 March 2021 was peaceful at first, the “Elmo Courier” said.\n\n"
    "Twelve people were injured when in the end, late at night, the po-\nlice used "
    "batons and tear gas in front of the old town hall. "
    "The paper counted 1,200 marchers. Between 400 and 500 marchers were students. "
    "No shots were fired in the course of the evening, and the police did not use rubber bullets. "
    "The marchers demanded that the city publish the contract for the new water\u00adfront without any further delay."
)
CLAUSE = (
    "The Supplier shall indemnify the Client against all losses, " + "including those of its agents and partners, " * 8
) + "up to a limit of 75,000 euros in any one year of the contract."


@dataclass(frozen=True, slots=True)
class Odd:
    """One answer: a document, a variable, a value with its quote, and the support that code must find for it."""

    kind: str
    variable: Variable
    value: Any
    quote: str
    support: Support | None
    """Without a judge; None where the answer is thrown away."""
    right: bool = True
    text: str = REPORT
    kept: Any = None
    """The value that stands, where it is not the one given."""
    language: str = "en"
    also: tuple[tuple[Any, str], ...] = ()
    """Further values with their quotes."""
    confidence: float = 0.95


def _wrong(kind: str, variable: Variable, value: Any, quote: str, support: Support | None, text: str = REPORT) -> Odd:
    return Odd(kind, variable, value, quote, support, right=False, text=text)


_TWELVE = (
    "Twelve people were injured when in the end, late at night, the police used batons and tear gas in front of the "
    "old town hall."
)
QUOTES = (
    Odd("exact", MARCHERS, 1200, "The paper counted 1,200 marchers.", STATED),
    Odd("number in words, a hyphen at the line's end", INJURED, 12, _TWELVE, STATED),
    Odd("upper case", INJURED, 12, _TWELVE.upper(), STATED),
    Odd(
        "straight quotation marks",
        PLACE,
        "Port Elmo",
        'in Port Elmo on 5 March 2021 was peaceful at first, the "Elmo',
        STATED,
    ),
    Odd("soft hyphen, accents", DEMAND, "publish the contract", "públish the contract for the new waterfront", STATED),
    Odd("quotation marks around it", MARCHERS, 1200, '"The paper counted 1,200 marchers."', STATED),
    Odd("ellipsis in the middle", INJURED, 12, "Twelve people were injured ... in front of the old town hall", STATED),
    Odd("ellipsis in brackets", INJURED, 12, "Twelve people were injured [...] old town hall.", STATED),
    Odd("ellipsis at both ends", INJURED, 12, "…Twelve people were injured when in the end…", STATED),
    Odd("ellipsis over the value", INJURED, 12, "Twelve […] batons and tear gas", STATED),
    Odd("parts in another order", INJURED, 12, "old town hall ... Twelve people were injured when in the end", STATED),
    Odd("dropped word", INJURED, 12, _TWELVE.replace("were ", ""), STATED),
    Odd("added word", INJURED, 12, _TWELVE.replace("people", "young people"), UNCHECKED),
    Odd("changed ending", INJURED, 12, _TWELVE.replace("were", "was"), STATED),
    Odd("paraphrased quote", INJURED, 12, "A dozen marchers ended up in hospital", UNGROUNDED),
    Odd("quote says too little", INJURED, 12, "batons and tear gas in front of the old town hall", STATED),
    Odd("quote of another sentence", INJURED, 12, "The paper counted 1,200 marchers.", UNCHECKED),
    Odd("no quote, number", MARCHERS, 1200, "", UNCHECKED),
    Odd("no quote, text", PLACE, "Port Elmo", "", UNCHECKED),
    Odd("quote of 500 characters", DAMAGE, 75000, CLAUSE, STATED, text=CLAUSE),
    Odd("first and last words", DAMAGE, 75000, "The Supplier shall ... year of the contract.", STATED, text=CLAUSE),
    Odd("quote of 1,900 characters", DAMAGE, 75000, CLAUSE * 4, STATED, text=CLAUSE * 4),
    Odd("confidence 95", MARCHERS, 1200, "The paper counted 1,200 marchers.", STATED, confidence=95),
    _wrong("another number in the quote", INJURED, 77777, "Between 400 and 500 marchers were students.", CONTRADICTED),
    _wrong("made-up number and quote", INJURED, 340, "The hospital treated 340 wounded marchers.", UNGROUNDED),
    _wrong("changed number in value and quote", MARCHERS, 1300, "The paper counted 1,300 marchers.", UNGROUNDED),
    Odd("changed number in the quote alone", MARCHERS, 1200, "The paper counted 1,300 marchers.", UNGROUNDED),
    _wrong("changed number word", INJURED, 11, _TWELVE.replace("Twelve", "Eleven"), CONTRADICTED),
    _wrong(
        "changed word", variable("killed", VariableType.NUMBER), 12, _TWELVE.replace("injured", "killed"), UNCHECKED
    ),
    _wrong("dropped “not”", FORCE, True, "and the police did use rubber bullets", UNGROUNDED),
    _wrong("dropped “no”", FORCE, True, "shots were fired in the course of the evening", UNCHECKED),
    _wrong(
        "dropped “none of the”",
        INJURED,
        12,
        "12 marchers were injured",
        UNCHECKED,
        "None of the 12 marchers were injured.",
    ),
    _wrong(
        "denied", INJURED, 12, "It is not true that 12 were injured", UNCHECKED, "It is not true that 12 were injured."
    ),
    _wrong("made-up number without a quote", INJURED, 340, "", UNGROUNDED),
    _wrong("quote from the instructions", INJURED, 5, "How many people were injured.", UNGROUNDED),
    _wrong("quote from a golden example", INJURED, 77, "the hospital counted 77 injured marchers", None),
)
_COUNT = "Police counted 300 marchers; 14 were injured."
NUMBERS = (
    Odd("one end of a range", MARCHERS, 400, "Between 400 and 500 marchers were students.", STATED, kept=(400, 500)),
    Odd(
        "a range as a text", MARCHERS, "400-500", "Between 400 and 500 marchers were students.", STATED, kept=(400, 500)
    ),
    Odd("the middle of a range", MARCHERS, 450, "Between 400 and 500 marchers were", STATED, kept=(400, 500)),
    Odd(
        "one end of a range beside a number",
        MARCHERS,
        400,
        "of 2,000 people between 400 and 500 marched",
        UNCHECKED,
        text="Here of 2,000 people between 400 and 500 marched.",
        kept=(400, 500),
    ),
    Odd(
        "a bound", MARCHERS, 60, "more than 60 marched", STATED, text="On Friday more than 60 marched.", kept=(60, None)
    ),
    Odd(
        "vague words",
        MARCHERS,
        300,
        "several hundred marched",
        STATED,
        text="Here several hundred marched.",
        kept="vague",
    ),
    Odd(
        "thousands by dots",
        DAMAGE,
        1234.5,
        "Schaden: 1.234,5 Euro",
        STATED,
        text="Schaden: 1.234,5 Euro",
        language="de",
    ),
    Odd("currency", DAMAGE, 2500000, "damage of $2.5 million", STATED, text="They spoke of damage of $2.5 million."),
    Odd("per cent", TURNOUT, 12, "12 per cent came", STATED, text="Of all members 12 per cent came."),
    Odd("per cent as a share", TURNOUT, 0.12, "12 per cent came", UNCHECKED, text="Of all members 12 per cent came."),
    _wrong(
        "per cent as a count", INJURED, 12, "12 per cent were injured", UNCHECKED, "Of them 12 per cent were injured."
    ),
    Odd("right one of two numbers", INJURED, 14, _COUNT, UNCHECKED, text=_COUNT),
    _wrong("wrong one of two numbers", INJURED, 300, _COUNT, UNCHECKED, _COUNT),
    Odd("right one, quoted by itself", INJURED, 14, "14 were injured", STATED, text=_COUNT),
    Odd("age", AGE, 14, "a fourteen-year-old fell", UNCHECKED, text="On the way a fourteen-year-old fell."),
    _wrong(
        "age as a count",
        INJURED,
        14,
        "a fourteen-year-old was hurt",
        UNCHECKED,
        "A fall: a fourteen-year-old was hurt.",
    ),
    _wrong(
        "day of a date",
        INJURED,
        5,
        "injured on 5 March 2021",
        CONTRADICTED,
        "Some were injured on 5 March 2021 by 40 men.",
    ),
    _wrong("year as a count", INJURED, 2021, "injured in 2021", UNCHECKED, "Some marchers were injured in 2021."),
    _wrong(
        "number inside an id",
        INJURED,
        400,
        "file 2021/400-B on the injured",
        UNCHECKED,
        "See file 2021/400-B on the injured.",
    ),
    Odd("beside a year", INJURED, 14, "in 2021, 14 were hurt", STATED, text="They said that in 2021, 14 were hurt."),
    Odd(
        "nobody is zero",
        INJURED,
        0,
        "of 300 marchers nobody was injured",
        UNCHECKED,
        text="Here of 300 marchers nobody was injured.",
    ),
    Odd("a man is one", INJURED, 1, "a man was injured", UNCHECKED, text="When 300 marched a man was injured."),
    Odd(
        "number as a text with words",
        MARCHERS,
        "1,200 marchers",
        "The paper counted 1,200 marchers.",
        STATED,
        kept=1200,
    ),
    Odd(
        "the same value twice",
        MARCHERS,
        1200,
        "The paper counted 1,200 marchers.",
        STATED,
        also=((1200, "1,200 marchers"),),
    ),
    Odd(
        "two values, all kept",
        ALL_INJURED,
        14,
        "14 were hurt",
        STATED,
        text="At noon 14 were hurt. Later 3 were hurt.",
        also=((3, "3 were hurt"),),
        kept=[14, 3],
    ),
    _wrong("beside a stated one", INJURED, 900, "made up of nothing at all", UNGROUNDED),
)
_TWO_DAYS = "Called for 3 May 2021, the march took place on 7 May 2021."
_BRITISH = "Date: 05/03/2021. The march was peaceful."
DATES = (
    Odd("date", DAY, "2021-03-05", "on 5 March 2021", STATED),
    Odd("date as written", DAY, "5 March 2021", "on 5 March 2021", STATED, kept="2021-03-05"),
    Odd("partial date", DAY, "2021-03", "on 5 March 2021", STATED),
    Odd("date without its year", DAY, "2021-03-05", "on 5 March", STATED),
    Odd("day or month first", DAY, "2021-03-05", "Date: 05/03/2021", UNCHECKED, text=_BRITISH),
    Odd("month or day first", DAY, "2021-05-03", "Date: 05/03/2021", UNCHECKED, text=_BRITISH),
    Odd("day first", DAY, "2021-03-05", "Datum: 05.03.2021", STATED, text="Datum: 05.03.2021", language="de"),
    Odd(
        "first day of several",
        DAY,
        "2021-03-03",
        "on 3-5 March 2021",
        STATED,
        text="It was on 3-5 March 2021.",
        kept=("2021-03-03", "2021-03-05"),
    ),
    Odd(
        "year that stands elsewhere",
        DAY,
        "2022-06-04",
        "on 4 June",
        UNCHECKED,
        text="On 4 June people met. Report of 2022.",
    ),
    Odd("right one of two dates", DAY, "2021-05-07", _TWO_DAYS, UNCHECKED, text=_TWO_DAYS),
    _wrong("wrong one of two dates", DAY, "2021-05-03", _TWO_DAYS, UNCHECKED, _TWO_DAYS),
    _wrong("another date", DAY, "2021-03-06", "on 5 March 2021", CONTRADICTED),
    _wrong("changed date in value and quote", DAY, "2021-03-15", "in Port Elmo on 15 March 2021", UNGROUNDED),
)
_BOTH = "Neither a strike nor a vigil: they marched."
OTHERS = (
    Odd("category by its word", FORM, "march", "The march in Port Elmo", STATED),
    Odd("category in another case", FORM, "March", "The march in Port Elmo", STATED, kept="march"),
    Odd(
        "category by its meaning",
        FORM,
        "vigil",
        "held candles all night",
        UNCHECKED,
        text="Some held candles all night.",
    ),
    _wrong(
        "category by a month", FORM, "march", "On 5 March 2021 people met", UNCHECKED, "On 5 March 2021 people met."
    ),
    _wrong("category denied", FORM, "strike", "it was not a strike", UNCHECKED, "They said that it was not a strike."),
    _wrong("category denied before the quote", FORM, "strike", "a strike", UNCHECKED, "It was not a strike."),
    _wrong(
        "one of two categories",
        FORM,
        "strike",
        "a march after the strike",
        UNCHECKED,
        "It was a march after the strike.",
    ),
    Odd("yes by its meaning", FORCE, True, "the police used batons and tear gas", UNCHECKED),
    _wrong("yes with a quote that denies", FORCE, True, "the police did not use rubber bullets", UNCHECKED),
    _wrong("no with a quote that affirms", FORCE, False, "the police used batons and tear gas", UNCHECKED),
    _wrong("no without a quote", FORCE, False, "", UNGROUNDED),
    Odd("yes in a form", PERMIT, True, "Permit: yes", STATED, text="Town: Elmo\nPermit: yes\nInjured: 3"),
    Odd("no in a form", PERMIT, False, "no", STATED, text="Town: Elmo\nPermit: no\nInjured: 3"),
    _wrong("yes of another field", FORCE, True, "Permit: yes", UNCHECKED, "Town: Elmo\nPermit: yes\nInjured: 3"),
    _wrong("a “no” that is no answer", FORCE, False, "No", UNCHECKED, "No shots were heard. The police fired gas."),
    Odd("text", PLACE, "Port Elmo", "The march in Port Elmo", STATED),
    Odd(
        "text with words left out",
        DEMAND,
        "publish contract for the waterfront",
        "publish the contract for the new waterfront",
        STATED,
    ),
    Odd(
        "text paraphrased",
        DEMAND,
        "open the contract to the public",
        "publish the contract for the new waterfront",
        UNCHECKED,
    ),
    Odd("text in another language", DEMAND, "Vertrag veröffentlichen", "publish the contract", UNCHECKED),
    _wrong(
        "words in another order",
        DEMAND,
        "the city contract the publish",
        "that the city publish the contract",
        UNCHECKED,
    ),
    _wrong("words from all over", DEMAND, "marchers delay", REPORT[-107:], UNCHECKED),
    _wrong(
        "another number in a text",
        DEMAND,
        "Article 7",
        "repeal Article 5",
        UNCHECKED,
        "They want the city to repeal Article 5.",
    ),
    _wrong(
        "text without its “not”",
        DEMAND,
        "demand a strike",
        "did not demand a strike",
        UNCHECKED,
        "They did not demand a strike.",
    ),
    Odd("very long text", DEMAND, CLAUSE, CLAUSE, STATED, text=CLAUSE),
    Odd(
        "Arabic, its own digits",
        MARCHERS,
        400,
        "شارك ٤٠٠ شخص",
        STATED,
        text="قالت الشرطة: شارك ٤٠٠ شخص في المسيرة.",
        language="ar",
    ),
    Odd(
        "Arabic, number words",
        MARCHERS,
        300,
        "شارك ثلاثمئة شخص",
        STATED,
        text="قالت الشرطة: شارك ثلاثمئة شخص.",
        language="ar",
    ),
    Odd(
        "Arabic, direction marks",
        PLACE,
        "القاهرة",
        "\u202bفي القاهرة\u202c",
        STATED,
        text="كانت المسيرة في القاهرة يوم الجمعة.",
        language="ar",
    ),
    Odd("Chinese", MARCHERS, 300, "三百人参加", STATED, text="警方表示，三百人参加了游行。", language="zh"),
    Odd("Chinese text", PLACE, "上海", "在上海举行", STATED, text="游行在上海举行。", language="zh"),
)
ODD_ANSWERS = (*QUOTES, *NUMBERS, *DATES, *OTHERS)
BEYOND_CODE = (
    _wrong("a number that counts something else", INJURED, 12, "lasted 12 days", STATED, "The strike lasted 12 days."),
    _wrong("somebody else's words", PLACE, "Sorn", "came from Sorn", STATED, "Some marchers came from Sorn to Elmo."),
    _wrong("a word in another sense", FORM, "strike", "in Strike Lane", STATED, "They met in Strike Lane."),
)
"""Wrong values that their quotes do state, of something else: only a judge can tell, and is asked under verify ALL."""
