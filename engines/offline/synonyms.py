"""Words of many languages that mean the same, so that a question in one finds its answer in another."""

from __future__ import annotations

from collections import defaultdict

import regex

from coderai.engines.offline.words import stem_set

_GROUPS = """
total totals sum overall gesamt gesamtbetrag summe insgesamt totale suma razem ogółem należność totaal итого всего
  toplam 合计 总计 合計 总额 الإجمالي المجموع कुल jumlah tổng
amount amt sum montant betrag importe monto valor importo kwota сумма tutar 金额 金額 مبلغ राशि
payable due owed payer zahlbar pagar pagare zapłaty оплате ödenecek
price cost prix preis precio coste prezzo costo preço custo cena цена стоимость fiyat 价格 価格 سعر कीमत harga giá
fee fees charge charges tarif gebühr tarifa honorarios taxa opłata плата
tax taxes vat gst tva iva mwst ust steuer impuesto taxe imposta imposto podatek налог ндс vergi 税额 ضريبة कर pajak
discount rebate rabatt remise descuento sconto desconto rabat скидка indirim 折扣 خصم diskon
quantity qty units menge quantité cantidad quantità quantidade ilość количество adet 数量 كمية jumlah
number no nr num nummer numéro número numero номер numer номера 番号 号码 رقم nomor
invoice bill rechnung facture factuur factura fattura fatura faktura счет 发票 請求書 فاتورة faktur
killed kill dead death deaths died dying fatality fatalities fatal slain perished martyred muertos muertas muertes
  murieron fallecidos asesinados morts mort tués tuées tué décédés tote toten getötet starben mortos mortas morreram
  mortes morti uccisi убито убиты убит погибли погиб погибших погибло загинули вбито zabitych zginęło zginęli öldü
  ölü öldürüldü قتل قتلى قتيل مقتل استشهد شهداء کشته मारे मृत मौत 死亡 遇难 身亡 丧生 死者 tewas meninggal doden
  gedood döda dödades drept 사망
injured injury hurt wounded wound heridos heridas herido lesionados blessés blessées blessé verletzt verletzte
  feridos feridas feriti ранены ранено раненых ранен пострадали пострадавших поранено rannych ranni yaralı yaralandı
  جرح جرحى جريح إصابة أصيب مصاب زخمی घायल 受伤 負傷 伤者 terluka luka gewonden gewond skadade skadet 부상
arrested arrest detained detention detainee custody detenidos arrestados detenido arrêtés arrestation interpellés
  interpellations festgenommen festnahmen verhaftet detidos presos arrestati fermati задержаны задержано задержала
  задержали задержал арестованы арестован zatrzymano aresztowano gözaltına tutuklandı اعتقال اعتقلت معتقل اعتقل
  गिरफ्तार 逮捕 拘留 被捕 ditangkap ditahan opgepakt
protest demonstration demonstrator protester protesters rally manifestación manifestantes protesta marcha
  manifestation manifestants kundgebung demonstranten protesto manifestação manifestazione протест митинг
  демонстрация протестующих gösteri protestocu احتجاج مظاهرة تظاهر متظاهر 抗议 示威 デモ demonstrasi unjuk
participants participant part attendees attended attendance crowd protesters demonstrators gathered turnout
  manifestantes participantes asistentes manifestants teilnehmer demonstranten partecipanti участников участники
  вышли uczestników katılımcı متظاهر مشارك 参加者 参加 peserta
strike walkout stoppage huelga grève streik sciopero greve забастовка strajk grev إضراب 罢工 ストライキ mogok
attack attacked assault bombing ataque atentado attaque attentat angriff anschlag attacco нападение атака saldırı
  هجوم हमला 袭击 攻击 襲撃 serangan
location place venue site lugar ubicación lieu ort luogo место miejsce yer مكان موقع स्थान 地点 場所 lokasi tempat
company firm corporation seller vendor supplier merchant issuer empresa proveedor vendedor sociedad société
  entreprise fournisseur vendeur firma unternehmen verkäufer lieferant azienda società fornitore venditore компания
  продавец поставщик sprzedawca satıcı şirket شركة بائع कंपनी विक्रेता 公司 会社 perusahaan penjual
customer client buyer purchaser cliente comprador acheteur kunde käufer acquirente покупатель клиент nabywca klient
  müşteri alıcı عميل مشتري ग्राहक 客户 買方 顧客 pembeli pelanggan
name nombre nom nome имя название imię nazwa isim اسم नाम 姓名 名称 名前 nama naam navn namn
address dirección domicilio adresse indirizzo endereço адрес adres adress عنوان पता 地址 住所 alamat địa
date fecha datum data дата tarih تاريخ दिनांक तारीख 日期 日付 tanggal dato
deadline due payable vencimiento échéance fällig fälligkeit scadenza vencimento срок płatności vade 到期
effective effect commence commencement start begin beginning beginn inicio début inizio początek начало başlangıç
  بداية 开始 生效
expiration expire expiry end ending until terminate termination ablauf fim koniec окончание bitiş نهاية انتهاء 结束
  終了
termination terminate kündigung terminación résiliation
issue issued publish published publication posted released ausgestellt emisión émission wystawienia emissione
  publicado publié veröffentlicht опубликовано
sign signed signature executed firmado signé unterzeichnet firmato podpisano подписан
birth born dob nacimiento naissance geboren geburt nascita nascimento urodzenia рождения doğum ميلاد 出生
age aged old edad años âge âgé ans alter jährige età anni idade anos возраст лет wiek lat yaş yaşında عمر عاما 年龄
  岁 歳 umur usia
law laws legislation ley loi droit recht legge diritto право закон prawo hukuk قانون 法律 hukum
governing governed govern construed
parties party between among
agreement contract vertrag contrato contrat contratto договор umowa sözleşme عقد 合同 契約 perjanjian
forbid prohibit ban restrict restriction prevent refrain
cause reason because due motivo causa raison grund причина przyczyna neden سبب 原因 penyebab
suspect accused alleged perpetrator attacker assailant sospechoso verdächtig sospettato подозреваемый شتبه 嫌疑
victim victims víctima victime opfer vittima vítima жертва ofiara kurban ضحية 被害 korban
police officer policía polizei polizia polícia полиция policja polis شرطة पुलिस 警察 polisi
employees employee staff workers workforce empleados trabajadores employés salariés mitarbeiter dipendenti
  сотрудников pracowników çalışan موظف 员工 karyawan
telephone phone tel mobile teléfono téléphone telefon telefono телефон هاتف 电话 電話
weapon weapons gun rifle knife arma arme waffe оружие silah سلاح 武器 senjata
salary wage wages salario salaire gehalt lohn stipendio salário зарплата wynagrodzenie maaş راتب 工资 gaji
revenue revenues turnover sales umsatz ingresos chiffre ricavi receita выручка przychody gelir إيرادات 收入
  pendapatan
damage damages losses loss daños dommages schäden schaden danni danos ущерб szkody hasar أضرار 损失 kerugian
"""
"""A group to a line; an indented line goes on with the group above it."""


def _by_member() -> dict[str, frozenset[str]]:
    groups: dict[str, frozenset[str]] = defaultdict(frozenset)
    for listed in regex.split(r"\n(?!\ )", _GROUPS.strip()):
        members = stem_set(listed)
        for member in members:
            groups[member] |= members
    return dict(groups)


_BY_MEMBER = _by_member()


def same_meaning(word: str) -> frozenset[str]:
    """Gives the stems that mean what `word`, a stem, means, in any language; `word` itself is among them."""
    return _BY_MEMBER.get(word, frozenset()) | {word}
