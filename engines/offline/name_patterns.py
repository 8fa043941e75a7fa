"""Regular expressions for names, and for the words in and around them that tell what they name."""

from __future__ import annotations

import regex

_CAPITAL = (
    r"(?:\p{Lu}\.(?:\ ?\p{Lu}\.)*|(?:St|Mt|Ft|Dr|Jr|Sr|Mr|Mrs|Ms)\.|[\p{Lu}\p{Lt}][\p{L}\p{M}\p{N}'’&-]*(?:\.\p{L}+)*)"
)
_LINK = r"(?:of|the|de|del|de la|della|di|da|do|dos|du|des|van|van der|von|der|bin|ibn|al|el|la|le|&)"
_LEGAL = (
    r"(?:(?i:inc|ltd|limited|llc|llp|l\.l\.c|l\.p|corp|corporation|company|plc|gmbh|pty|pvt|bhd|sdn|ltda|s\.a|s\.r\.l"
    r"|s\.p\.a|b\.v|n\.v|d\.o\.o|s\.r\.o|sp\. z o\.o)|Co|CO|LP|AG|KG|SE|SA|SAS|SARL|SRL|SpA|BV|NV|AB|ASA|AS|A/S|Oy|Oyj"
    r"|Tbk|JSC|OJSC|Kft|a\.s|A\.Ş|OOO|ООО|ОАО|АО|ЗАО)(?!\p{L}|\.?\ ?(?:NO|No|REG|Reg)\b)"
)

NAME = regex.compile(
    rf"(?<![\p{{L}}\p{{N}}]){_CAPITAL}"
    rf"(?:\ (?:{_LINK}\ ){{0,2}}(?!{_LEGAL}){_CAPITAL}|\ \(\p{{Lu}}[\p{{L}}. ]{{0,20}}\)(?=\ \p{{Lu}}))*"
    rf"(?:,?\ {_LEGAL}\.?)*"
)
"""Capitalised words in a row, small words between them ("Bank of England"), and a legal form after them."""

UNSPACED_NAME = regex.compile(
    r"[\p{Han}\p{Katakana}ー]{2,10}(?:公司|集团|銀行|银行|大学|委员会|協会|省|市|县|縣|区|區|镇|村|路|街|県|町|州)"
    r"|株式会社[\p{Han}\p{Katakana}ー]{1,10}"
)
AFTER_PREPOSITION = regex.compile(
    r"(?<!\p{L})(?:في|بمدينة|مدينة|محافظة|قرية|در شهر)\s"
    r"(?P<name>(?:مدينة |محافظة |قرية |بلدة )?\p{Arabic}{3,}(?:\s(?=ال)\p{Arabic}{4,})?)"
)
"""A place in a script without capitals, after a word for "in". Group: name."""

LEGAL_FORM = regex.compile(rf"(?<!\p{{L}}){_LEGAL}")
ORGANISATION_WORD = regex.compile(
    r"(?i)\b(?:bank|universit\w+|college|school|ministry|department|institute|agency|authority|commission|committee|council"
    r"|association|federation|union|party|group|holdings?|enterprises?|industr\w+|trading|services|solutions|systems|technolog\w+"
    r"|foundation|society|hospital|clinic|church|court|police|army|times|news|press|media|restaurant|restoran|hotel|caf[eé]|mart"
    r"|stores?|shop|supermarket|pharmacy|motors?|airlines?|airways|insurance|partners|associates|consult\w+|studio|labs?|centre"
    r"|center|stiftung|verein|verband|banque|banco|banca|ministerio|minist[eè]re|universidad|empresa|società|fondazione|partei"
    r"|parti(?:do|to)?)\b|公司|集团|銀行|银行|大学|委员会|株式会社|協会|شركة|بنك|جامعة|وزارة|حزب|компани|банк|университет|министерств|партия"
)
PLACE_WORD = regex.compile(
    r"(?i)\b(?:city|town|village|province|district|county|region|state|governorate|prefecture|square|street|road|avenue|airport"
    r"|island|republic|kingdom|states|emirates|river|mountains?|camp|north|south|east|west|plaza|ciudad|provincia|ville|stadt"
    r"|praça|platz)\b|[省市县縣区區镇村路街府県町州]$|مدينة|محافظة|قرية|منطقة|город|област|район"
)
BEFORE_PLACE = regex.compile(
    r"(?i)(?<!\p{L})(?:in|at|near|outside|from|across|towards?|of|en|à|au|aux|dans|près de|cerca de|desde|hacia|bei|aus"
    r"|nach|em|no|na|nos|nas|a|nel|nella|presso|te|w|we|в|во|на|под|около|i|på|ved|město|v|ve|di|في|در"
    r"|(?:city|state|town) of|ciudad de|laws of(?: the)?(?: state of)?)\s+(?:the\s+)?$"
)
BEFORE_PERSON = regex.compile(
    r"(?i)(?<!\p{L})(?:mr|mrs|ms|miss|dr|prof|sir|lord|lady|judge|justice|president|minister|senator|governor|mayor|king|queen"
    r"|prince|general|gen|colonel|col|captain|capt|lieutenant|lt|sergeant|sgt|officer|inspector|sheikh|imam|father|sister|brother"
    r"|wife|husband|son|daughter|spokes(?:man|woman|person)|author|by|patient|herr|frau|señora?|sr|sra|don|doña|m|mme|monsieur"
    r"|madame|sig|signora|г-н|г-жа|السيد)\.?\s+$"
)
AFTER_PERSON = regex.compile(
    r",?\s*(?:\(?\d{1,2}\)?[,)]|said|says|told|who\b|himself|herself|a dit|dijo|sagte|ha detto|disse|сказал|заявил|قال)"
)
