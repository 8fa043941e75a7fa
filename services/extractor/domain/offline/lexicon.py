"""What the engine knows of language in general: words that mean the same, words that deny, words that ask."""

from __future__ import annotations

from collections import defaultdict

from services.extractor.domain.offline.words import stem, stems

_SAME_MEANING = """
total totals sum overall gesamt gesamtbetrag summe insgesamt totale suma razem итого всего toplam 合计 总计 合計 总额 الإجمالي المجموع कुल jumlah tổng
amount amt sum montant betrag importe monto valor importo kwota сумма tutar 金额 金額 مبلغ राशि
payable due owed payer zahlbar pagar pagare zapłaty оплате ödenecek
price cost prix preis precio coste prezzo costo preço custo cena цена стоимость fiyat 价格 価格 سعر कीमत harga giá
fee fees charge charges tarif gebühr tarifa honorarios taxa opłata плата
tax taxes vat gst tva iva mwst ust steuer impuesto taxe imposta imposto podatek налог ндс vergi 税额 ضريبة कर pajak
discount rebate rabatt remise descuento sconto desconto rabat скидка indirim 折扣 خصم diskon
quantity qty units menge quantité cantidad quantità quantidade ilość количество adet 数量 كمية jumlah
invoice bill rechnung facture factura fattura fatura faktura счет 发票 請求書 فاتورة faktur
killed kill dead death deaths died dying fatality fatalities fatal slain perished martyred muertos muertas muertes murieron fallecidos asesinados morts mort tués tuées tué décédés tote toten getötet starben mortos mortas morreram mortes morti uccisi убито убиты убит погибли погиб погибших погибло загинули вбито zabitych zginęło zginęli öldü ölü öldürüldü قتل قتلى قتيل مقتل استشهد شهداء کشته मारे मृत मौत 死亡 遇难 身亡 丧生 死者 tewas meninggal doden gedood döda dödades drept 사망
injured injury hurt wounded wound heridos heridas herido lesionados blessés blessées blessé verletzt verletzte feridos feridas feriti feriti ранены ранено раненых ранен пострадали пострадавших поранено rannych ranni rannych yaralı yaralandı جرح جرحى جريح إصابة أصيب مصاب زخمی घायल 受伤 負傷 伤者 terluka luka gewonden gewond skadade skadet 부상
arrested arrest detained detention detainee custody detenidos arrestados detenido arrêtés arrestation interpellés interpellations festgenommen festnahmen verhaftet detidos presos arrestati fermati задержаны задержано арестованы арестован zatrzymano aresztowano gözaltına tutuklandı اعتقال اعتقلت معتقل اعتقل गिरफ्तार 逮捕 拘留 被捕 ditangkap ditahan opgepakt
protest demonstration demonstrator protester protesters rally manifestación manifestantes protesta marcha manifestation manifestants kundgebung demonstranten protesto manifestação manifestazione протест митинг демонстрация протестующих gösteri protestocu احتجاج مظاهرة تظاهر متظاهر 抗议 示威 デモ demonstrasi unjuk
participants participant attendees attended attendance crowd protesters demonstrators gathered turnout manifestantes participantes asistentes manifestants teilnehmer demonstranten partecipanti участников участники вышли uczestników katılımcı متظاهر مشارك 参加者 参加 peserta
strike walkout stoppage huelga grève streik sciopero greve забастовка strajk grev إضراب 罢工 ストライキ mogok
attack attacked assault bombing ataque atentado attaque attentat angriff anschlag attacco нападение атака saldırı هجوم हमला 袭击 攻击 襲撃 serangan
location place venue site lugar ubicación lieu ort luogo место miejsce yer مكان موقع स्थान 地点 場所 lokasi tempat
company firm corporation business seller vendor supplier merchant issuer empresa proveedor vendedor sociedad société entreprise fournisseur vendeur firma unternehmen verkäufer lieferant azienda società fornitore venditore компания продавец поставщик sprzedawca satıcı şirket شركة بائع कंपनी विक्रेता 公司 会社 perusahaan penjual
customer client buyer purchaser cliente comprador acheteur kunde käufer acquirente покупатель клиент nabywca klient müşteri alıcı عميل مشتري ग्राहक 客户 買方 顧客 pembeli pelanggan
name nombre nom nome имя название imię nazwa isim اسم नाम 姓名 名称 名前 nama naam navn namn
address dirección domicilio adresse indirizzo endereço адрес adres adress عنوان पता 地址 住所 alamat địa
date fecha datum data дата tarih تاريخ दिनांक तारीख 日期 日付 tanggal dato
deadline due payable vencimiento échéance fällig fälligkeit scadenza vencimento срок płatności vade 到期
effective effect commence commencement start begin beginning beginn inicio début inizio początek начало başlangıç بداية 开始 生效
expiration expire expiry end ending until ablauf fim koniec окончание bitiş نهاية انتهاء 结束 終了
termination terminate kündigung terminación résiliation
issue issued publish published publication posted released ausgestellt emisión émission wystawienia emissione publicado publié veröffentlicht опубликовано
sign signed signature executed firmado signé unterzeichnet firmato podpisano подписан
birth born dob nacimiento naissance geboren geburt nascita nascimento urodzenia рождения doğum ميلاد 出生
age aged old edad años âge âgé ans alter jährige età anni idade anos возраст лет wiek lat yaş yaşında عمر عاما 年龄 岁 歳 umur usia
law laws legislation ley loi droit recht legge diritto право закон prawo hukuk قانون 法律 hukum
governing governed govern construed
parties party between among
agreement contract vertrag contrato contrat contratto договор umowa sözleşme عقد 合同 契約 perjanjian
forbid prohibit ban restrict restriction prevent refrain
cause reason because due motivo causa raison cause grund motivo причина przyczyna neden سبب 原因 penyebab
suspect accused alleged perpetrator attacker assailant sospechoso suspect verdächtig sospettato подозреваемый شتبه 嫌疑
victim victims víctima victime opfer vittima vítima жертва ofiara kurban ضحية 被害 korban
police officer policía polizei polizia polícia полиция policja polis شرطة पुलिस 警察 polisi
employees employee staff workers workforce empleados trabajadores employés salariés mitarbeiter dipendenti сотрудников pracowników çalışan موظف 员工 karyawan
telephone phone tel mobile teléfono téléphone telefon telefono телефон هاتف 电话 電話
weapon weapons gun rifle knife arma arme waffe оружие silah سلاح 武器 senjata
salary wage wages salario salaire gehalt lohn stipendio salário зарплата wynagrodzenie maaş راتب 工资 gaji
revenue revenues turnover sales umsatz ingresos chiffre ricavi receita выручка przychody gelir إيرادات 收入 pendapatan
damage damages losses loss daños dommages schäden schaden danni danos ущерб szkody hasar أضرار 损失 kerugian
"""

_NEGATIONS = """
not no nor none nobody nothing neither never without zero cannot deny denied denies nicht kein keine keinen niemand ohne ni nie
aucun aucune pas sans ne ninguno ninguna ningún nadie nunca sin jamás nenhum nenhuma não ninguém sem nem nessun nessuno
nessuna non senza niet geen niemand zonder не нет никто никаких без ні немає ingen inga inte ikke uden utan bez żaden
nikt değil yok لا لم لن ليس دون بدون غير नहीं 没 没有 沒有 未 不 无 無 ない なし なかった tidak bukan tanpa không 없 않
didn doesn isn wasn weren won shan hasn haven hadn couldn wouldn don t
"""
_DENIALS = """
deny denied denies denying denial refuted refute refutes rejected false falsely rumor rumors rumour rumours hoax alleged allegedly
unconfirmed reportedly claim claims claimed niega negó desmintió démenti dément dementiert bestritt smentito nega negou отрицает опроверг
zaprzeczył yalanladı نفت نفى 否认 否認 membantah
"""
_AGAINST = """
forbid prohibit prohibited prohibition ban bans banned restrict restriction restrictions restricted prevent prevents limit limits limitation
limited refrain against without lack absence no not non anti never cannot
"""
_QUESTION = """
the a an of to in on at for from by with and or is are was were be been being has have had do does did it its this that these those
there their they which who whom whose what when where how why if as any all each every only one give return extract find state stated
states mention mentioned mentions report reported reports write text document passage article information field value values variable
please should must can may might will would shall used use whether than then also such example eg ie etc etc other into about per according
otherwise null exactly following described describe describes provide provided include includes including given identify record specify
specified indicate indicated indicates format first say says saying appear appears named called type kind number count
los las del para por con que der die das den dem und für mit von ist les des une pour par dans avec est sur que qui della delle per che
"""
_PLAIN = """
date day time month year moment number count amount quantity people person persons individuals man men woman women many much name
event incident occurrence happen happened occur occurred took take taken place value figure total article letter news story record
"""

DOCUMENT_DATE_WORDS = frozenset(
    stems("purchase transaction document issue issuance publication published invoice receipt order report letter agreement contract signing filing")
)
"""Words that ask for the date that a document bears, or for that of what it tells."""
QUANTITY_WORDS = frozenset(stems("qty quantity qnty items item units pcs pieces count menge cantidad quantité quantità anzahl ilość adet 数量"))
FINAL_WORDS = frozenset(stems("final payable due grand rounded inclusive including incl inc net nett owed paid after"))
"""Words that tell a total of everything from one of a part."""
PARTIAL_WORDS = frozenset(stems("sub subtotal excluding excl exclusive before savings saved discount adjustment tax supplies taxable"))
TOTAL_WORDS = frozenset(stems("total sum overall payable"))
CURRENCY_WORDS = frozenset("rm myr usd us eur gbp inr rs idr jpy cny sgd chf aud cad pln".split())
YEAR_WORDS = frozenset(stems("year años año année jahr anno ano год rok yıl سنة عام वर्ष 年份 年度 tahun"))
MONEY_WORDS = frozenset(
    stems(
        "money price cost fee amount total subtotal salary wage revenue payment paid pay tax vat gst discount fine budget debt loan "
        "value usd eur gbp currency dollars euros ransom damages charge balance change cash rent premium price deposit income "
        "profit sales turnover compensation funding donation grant монеты стоимость сумма betrag preis montant prix importe precio"
    )
)
PERCENT_WORDS = frozenset(stems("percent percentage pct rate share proportion prozent pourcentage porcentaje процент 百分比 نسبة"))
CONJUNCTIONS = frozenset("and while but und et y e i и а but و और 和 dan en och og ve".split())


def _groups() -> dict[str, frozenset[str]]:
    groups: dict[str, set[str]] = defaultdict(set)
    for line in _SAME_MEANING.strip().splitlines():
        members = set(stems(line))
        for member in members:
            groups[member] |= members
    return {member: frozenset(group) for member, group in groups.items()}


_GROUPS = _groups()
NEGATIONS = frozenset(stems(_NEGATIONS))
DENIALS = frozenset(stems(_DENIALS))
AGAINST = frozenset(stems(_AGAINST))
QUESTION_WORDS = frozenset(stems(_QUESTION))
"""Words that a question is put in and that tell nothing of what it asks for."""
PLAIN_WORDS = frozenset(stems(_PLAIN))
"""Words that say what kind of value is asked for rather than which one."""


def same_meaning(word: str) -> frozenset[str]:
    """Gives the stems that mean what `word`, a stem, means, in any language; `word` itself is among them."""
    return _GROUPS.get(word, frozenset()) | {word}


def is_stop_word(word: str) -> bool:
    """Whether the lower-case `word` carries no meaning of its own."""
    return stem(word) in QUESTION_WORDS
