"""The words in and around names that do not name by themselves: titles, legal forms, ship prefixes, small words."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MALE = _words("mr sir lord herr monsieur senor sr don signor sig г-н господин السيد 先生")
FEMALE = _words("mrs ms miss lady frau mme madame mlle senora sra dona signora г-жа госпожа السيدة 女士 小姐")
TITLES = MALE | FEMALE | _words(
    "dr prof professor doctor doktor judge justice president minister chancellor senator governor mayor general "
    "gen colonel col captain capt lieutenant lt sergeant sgt sheikh imam rev reverend father sister dame "
    "docteur dra доктор профессор президент министр الدكتور الدكتورة د الأستاذ الرئيس الشيخ الوزير 教授 博士 医生 "
    "主席 さん 氏 様 씨 박사 교수"
)  # fmt: skip
"""Before a name, or in Chinese, Japanese and Korean after it."""
LEGAL_FORMS = {
    word: form
    for form, words in {
        "ltd": "ltd limited",
        "inc": "inc incorporated",
        "corp": "corp corporation",
        "co": "co company",
        "plc": "plc",
        "llc": "llc",
        "llp": "llp",
        "gmbh": "gmbh",
        "ag": "ag aktiengesellschaft",
        "kg": "kg",
        "ev": "ev",
        "sa": "sa",
        "sas": "sas",
        "sarl": "sarl",
        "spa": "spa",
        "srl": "srl",
        "bv": "bv",
        "nv": "nv",
        "ab": "ab",
        "asa": "asa",
        "oy": "oy oyj",
        "ооо": "ооо",
        "зао": "зао",
        "пао": "пао",
        "有限公司": "有限公司",
        "股份有限公司": "股份有限公司",
        "株式会社": "株式会社",
        "شركة": "شركة",
    }.items()
    for word in words.split()
}
"""At the end of a company's name (Arabic, Japanese, Russian: before it too), each with the form that it is."""
SHIP_PREFIXES = _words("mv mt ss ms hms uss rms ns fv msc sv hmas hmcs rrs rv")
GENERATIONS = {"jr": "jr", "junior": "jr", "sr": "sr", "senior": "sr"}
"""After a name."""
ARTICLES = _words("the a an der die das den dem le la les l el los las il lo gli o os as de het")
SMALL = ARTICLES | _words(
    "of in at on near by for from to and with against versus v vs und im in bei zu von vom zum zur am gegen du "
    "des de del da do dos di en y e et au aux contre por para con na no на в во из и под против i w z we في من "
    "على إلى ضد و の と で に"
)
"""Prepositions, conjunctions and articles."""
OPPOSED = _words("by on against versus v vs from to gegen contre contra против ضد")
"""With these the order of the other words matters."""
PARTICLES = _words("von van der den de del della di da dos du bin ibn al el la le zu ter ten")
"""Inside a person's name."""
NO_GIVEN_NAMES = _words(
    "new north south east west upper lower central great greater grand old saint st san santa sao los las mount "
    "lake port fort nord sud ost neu bad royal national federal united european international deutsche banque "
    "banco first second third supreme high general big little green red blue black white golden radio le"
)
"""Before the last word of a name, these show that it is no surname (New York)."""
GENERIC = _words(
    "bank university college school ministry department institute agency authority commission committee council "
    "association federation union party group company hospital court police army house act law bill treaty "
    "agreement convention regulation directive experiment study trial sample project programme war battle march "
    "rally protest strike demonstration vigil riot star line court city river street universitat gericht verein "
    "marsch kundgebung streik versuch studie partei gesetz"
)
"""A name's last word that stands for many things of a kind is no surname."""
NUMBERS = {
    word: str(number)
    for number, words in enumerate(
        (
            "one first erste erster erstes premier premiere primero primera",
            "two second zweite zweiter zweites deuxieme segundo segunda",
            "three third dritte dritter drittes troisieme tercero tercera",
            "four fourth vierte vierter viertes quatrieme cuarto cuarta",
            "five fifth funfte funfter",
            "six sixth sechste",
            "seven seventh siebte",
            "eight eighth achte",
            "nine ninth neunte",
            "ten tenth zehnte",
        ),
        start=1,
    )
    for word in words.split()
}
HAN_DIGITS = {han: str(number) for number, han in enumerate("一二三四五六七八九十", start=1)}
SPELLINGS = {
    "centre": "center",
    "labour": "labor",
    "defence": "defense",
    "theatre": "theater",
    "programme": "program",
    "harbour": "harbor",
    "organisation": "organization",
}
