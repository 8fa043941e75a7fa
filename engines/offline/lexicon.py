"""What the engine knows of language in general: words that deny, words that ask, words that tell kinds of values."""

from __future__ import annotations

from coderai.engines.offline.words import stem_set

_NEGATIONS = """
not no nor none nobody nothing neither never without zero cannot deny denied denies nicht kein keine keinen niemand
ohne ni nie aucun aucune pas sans ne ninguno ninguna ningún nadie nunca sin jamás nenhum nenhuma não ninguém sem nem
nessun nessuno nessuna non senza niet geen niemand zonder не нет никто никаких без ні немає ingen inga inte ikke
uden utan bez żaden nikt değil yok لا لم لن ليس دون بدون غير नहीं 没 没有 沒有 未 不 无 無 ない なし なかった tidak
bukan tanpa không 없 않 didn doesn isn wasn weren won shan hasn haven hadn couldn wouldn don t
"""
_DENIALS = """
deny denied denies denying denial refuted refute refutes rejected false falsely rumor rumors rumour rumours hoax
alleged allegedly unconfirmed reportedly claim claims claimed niega negó desmintió démenti dément dementiert
bestritt smentito nega negou отрицает опроверг zaprzeczył yalanladı نفت نفى 否认 否認 membantah
"""
_AGAINST = """
forbid prohibit prohibited prohibition ban bans banned restrict restriction restrictions restricted prevent prevents
limit limits limitation limited refrain against without lack absence no not non anti never cannot
"""
_QUESTION = """
the a an of to in on at for from by with and or is are was were be been being has have had do does did it its this
that these those there their they which who whom whose what when where how why if as any all each every only one
give return extract find state stated states mention mentioned mentions report reported reports write text passage
information field value values variable please should must can may might will would shall used use whether than then
also such example eg ie etc etc other into about per according otherwise null exactly following described describe
describes provide provided include includes including given identify record specify specified indicate indicated
indicates format first say says saying appear appears named called type kind la el il lo le un una une ein eine um
uma al em los las del para por con que der die das den dem und für mit von ist les des une pour par dans avec est
sur que qui della delle per che
"""
_PLAIN = """
date day time month year moment number amount quantity people person persons individuals man men woman women many
much name event incident occurrence happen happened occur occurred took take taken place value figure total article
document letter news story record
"""
_MONEY = """
money price cost fee amount total subtotal salary wage revenue payment paid pay tax vat gst discount fine budget
debt loan value usd eur gbp currency dollars euros ransom damages charge balance change cash rent premium deposit
income profit sales turnover compensation funding donation grant betrag preis montant prix importe precio сумма
стоимость
"""
_DOCUMENT_DATE = """
purchase transaction document issue issuance publication published invoice receipt order report letter agreement
contract signing filing
"""

NEGATIONS = stem_set(_NEGATIONS)
UNSPACED_NEGATIONS = "没沒未不无無"
"""Characters that deny what follows, in scripts without spaces."""
DENIALS = stem_set(_DENIALS)
"""Words of somebody who denies a claim, or who will not vouch for it."""
AGAINST = stem_set(_AGAINST)
"""Words of a prohibition or an absence."""
CONJUNCTIONS = stem_set("and while but und et y e i и а و और 和 dan en och og ve")

QUESTION_WORDS = stem_set(_QUESTION)
"""Words that a question is put in and that tell nothing of what it asks for."""
TURNING_WORDS = stem_set("anti non no not un without")
"""What turns a name around ("non-compete"); the text need not have it."""
PLAIN_WORDS = stem_set(_PLAIN)
"""Words that say what kind of value is asked for rather than which one."""
LAYOUT_WORDS = stem_set(
    "list listed row table item line entry record numbered bullet point zeile ligne fila строка 行 表"
)
"""Words that ask for the items of a list or the rows of a table."""

DOCUMENT_DATE_WORDS = stem_set(_DOCUMENT_DATE)
"""Words that ask for the date that a document bears."""
EVENT_WORDS = stem_set("event incident occur occurred happen happened took place attack protest accident")
"""Words that ask for the date of what is told, which need not be the date of the telling."""
YEAR_WORDS = stem_set("year año année jahr anno ano год rok yıl سنة عام वर्ष 年份 年度 tahun")
AGE_WORDS = stem_set("age aged old edad âge alter età idade возраст wiek yaş عمر 年龄 年齢 umur usia")
MONEY_WORDS = stem_set(_MONEY)
PERCENT_WORDS = stem_set(
    "percent percentage pct rate share proportion prozent pourcentage porcentaje процент 百分比 نسبة"
)
QUANTITY_WORDS = stem_set(
    "qty quantity qnty items units pcs pieces menge cantidad quantité quantità anzahl ilość adet 数量"
)
CURRENCY_WORDS = stem_set("rm myr usd us eur gbp inr rs idr jpy cny sgd chf aud cad pln")
TOTAL_WORDS = stem_set("total sum overall payable")
FINAL_WORDS = stem_set("final payable due grand rounded inclusive including incl inc net nett owed paid after")
"""Words that tell a total of everything from one of a part."""
PARTIAL_WORDS = stem_set("sub subtotal excluding excl exclusive before savings saved discount adjustment tax supplies")
"""Words of a total of a part."""
