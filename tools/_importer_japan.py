"""Japan's tariff: rates in Japanese put in the form of the package, with the preferences of 24 programmes.

Source: Customs Tariff Schedule of Japan, Japan Customs, July 2026, as tidied from a public copy under the MIT licence.
The rate applied under most-favoured-nation treatment is the temporary rate or else the general rate, or the rate of the
WTO schedule where that is lower. Marks: ◎ rate within a tariff quota, ※ rate for goods under a permission.
"""

from __future__ import annotations

import csv
import lzma
import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

from _importer_rows import Folder, Line, Preference, Rate, lowest_share, number, share, stated, unstated

FILE = "importers/jpn_2026.csv.xz"
FIXED = ("line", "hs6", "mfn_pct", "mfn_text", "flag", "general", "temporary", "wto")
QUOTA = "Q"
"""End of the symbol of an agreement for goods within its quotas."""

UNIT = {"kg": "kg", "l": "liter", "kl": "liter", "m2": "m2", "足": "pr", "MT": "kg"}
EACH = ("頭", "枚", "本")
PER = {"kl": 1000.0, "MT": 1000.0}

FREE = ("無税", "免税")
HIGHER, LOWER = "のうちいずれか高い税率", "のうちいずれか低い税率"
AMOUNT = re.compile(r"^([\d,]+(?:\.\d+)?)円/(\w+)$")
PERCENT = re.compile(r"^([\d.]+)%$")
FLOOR = re.compile(r"^(.+?)又は(.+?)のうちいずれか低い税率\s*ただしその税率が.+?を下回る場合は(.+)$")
CAP = re.compile(r"^(.+?)又は(.+?)のうちいずれか高い税率\(ただしその税率が.+?を上回る場合は(.+?)とする\)$")
WITHIN = re.compile(r"^関税割当数量以内のもの\s*(.+)$")
BOTH = re.compile(r"^関税割当数量以内のもの\s*(.+?)\s*(?:関税割当数量以外のもの|その他のもの)\s*(.+)$")

STATED = re.compile(r"Free|no concession|[\d.]+%(?:\+[\d.,]+ JPY/\w+)?|[\d.,]+ JPY/\w+")
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")

WORDS = (
    (r"1頭につき、生きている豚に係る基準輸入価格と課税価格との差額",
     "each, the standard import price of live pigs less the customs value"),
    (r"1キログラムにつき枝肉に係る基準輸入価格と課税価格との差額",
     "per kg, the standard import price of pig carcasses less the customs value"),
    (r"1キログラムにつき部分肉に係る基準輸入価格と課税価格との差額",
     "per kg, the standard import price of pig cuts less the customs value"),
    (r"1キログラムにつき豚肉加工品に係る基準輸入価格に1\.5を乗じて得た額と課税価格に0\.6を乗じて得た額との差額",
     "per kg, 1.5 times the standard import price of prepared pork less 0.6 times the customs value"),
    (r"1キログラムにつき、([\d.]+)円に重量比による乳糖の含有率が10%を超える1%ごとに([\d.]+)円を加えた額",
     r"\1 JPY/kg, and \2 JPY/kg for each per cent of lactose over 10"),
    (r"\(([\d.]+)円[−-]課税価格\)/kg", r"\1 JPY/kg less the customs value per kg"),
    (r"人造繊維製のもの", "of man-made fibres "),
    (r"羊毛製又は繊獣毛製のもの", "of wool or fine animal hair "),
    (r"(ひざ|膝)を覆うもの", "covering the knee "),
    (r"保護用の金属製トーキャップを有するもの", "with a protective metal toe-cap "),
    (r"特恵輸入対象のもの", "goods of the preferential quota "),
    (r"関税割当数量以内のもの", "within the quota "),
    (r"関税割当数量以外のもの", "beyond the quota "),
    (r"税関当局の監督の下で飼料の原料として使用するもの", "for feed under customs control "),
    (r"\(([^()]*)に対する待遇\)", r"for \1 "),
    (r"他の締約国", "the other parties"), (r"マレーシア", "Malaysia"), (r"ベトナム", "Vietnam"),
    (r"オーストラリア", "Australia"),
    (r"カナダ", "Canada"), (r"ニュージーランド", "New Zealand"), (r"メキシコ", "Mexico"), (r"チリ", "Chile"),
    (r"ペルー", "Peru"), (r"及び", " and "), (r"その他のもの", "other "), (r"又は非譲許", ", or no concession"),
    (r"無税", "Free"),
    (r"([\d,.]+)円/", r"\1 JPY/"), (r"([\d,.]+)円", r"\1 JPY"), (r"/頭", "/head"), (r"×", " x "),
    (r"[−-]課税価格", " less the customs value"), (r"課税価格", "the customs value"), (r"[◎※]", ""), (r"◆\d+", ""),
    (HIGHER, ", the higher"), (LOWER, ", the lower"), (r"又は", " or "),
)  # fmt: skip
"""Words of texts that state no amount alone, in the order in which they are put in English."""


def plain(text: str) -> str:
    """Without marks, line breaks around signs and letters of double width."""
    whole = unicodedata.normalize("NFKC", text).replace("~", "〜").strip()
    whole = re.sub(r"◆\d+|[◎※]", "", whole).strip()
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"\s*\+\s*", "+", whole))


def amount(text: str) -> str | None:
    """One addend or sum in the form of the package; None where it is none."""
    addends = [_addend(part) for part in text.strip("() ").split("+")]
    return " + ".join(a for a in addends if a) if all(addends) else None


def _addend(text: str) -> str | None:
    if text in FREE:
        return "0%"
    percent, specific = PERCENT.match(text), AMOUNT.match(text)
    if percent:
        return f"{number(percent[1])}%"
    if not specific or not (specific[2] in UNIT or specific[2] in EACH):
        return None
    yen = number(float(specific[1].replace(",", "")) / PER.get(specific[2], 1.0))
    return f"{yen} JPY each" if specific[2] in EACH else f"{yen} JPY/{UNIT[specific[2]]}"


def normal(text: str) -> str | None:
    """A text that states an amount, in the form of the package; None for one that does not."""
    whole = plain(text)
    if whole in FREE:
        return "Free"
    for pattern, form in ((FLOOR, "{0}, at least {2}, at most {1}"), (CAP, "{0}, at least {1}, at most {2}")):
        matched = pattern.match(whole)
        if matched:
            return _joined(form, matched.groups())
    for end, form in ((HIGHER, "the greater of {0} or {1}"), (LOWER, "the lesser of {0} or {1}")):
        if whole.endswith(end) and whole.count("又は") == 1:
            return _joined(form, whole.removesuffix(end).split("又は"))
    return amount(whole)


def _joined(form: str, parts: tuple[str, ...] | list[str]) -> str | None:
    amounts = [amount(part) for part in parts]
    return form.format(*amounts) if all(amounts) else None


def english(text: str) -> str:
    """A text that leaves the amount open, in English as far as its words are known."""
    whole = plain(text).replace("●", "")
    spread = re.fullmatch(r"\(?(無税|[\d.]+%)\)?〜\s*\(?(.+?)\)?", whole.replace("\n", ""))
    if spread and "又は" not in whole and "、" not in whole:
        whole = f"from {spread[1]} to {spread[2].strip('()')}, by product"
    for pattern, words in WORDS:
        whole = re.sub(pattern, words, whole)
    whole = re.sub(r"\((?=[\d.]+%)|(?<=%)\)|(?<=kg)\)(?=,)", "", whole.replace("〜", " to ").replace("、", ", "))
    whole = re.sub(r"\s+", " ", re.sub(r"\n+", "; ", whole)).replace(" ;", ";").strip()
    if not JAPANESE.search(whole):
        return whole
    return ": ".join(filter(None, ("by product or quota", "; ".join(STATED.findall(whole)))))


def rate(percent: str, text: str) -> Rate:
    """The duty of one cell, from the share the table gives or from its text."""
    if percent:
        return share(percent)
    form = normal(text)
    if form is not None:
        return stated(form)
    words = english(text)
    return unstated(words, lowest_share(words))


def preference(cell: str) -> Iterator[tuple[str, Rate]]:
    """What a cell of an agreement gives: ("" or the mark of its quota, rate)."""
    if re.fullmatch(r"[\d.]+", cell):
        yield "", share(cell)
        return
    whole = plain(cell)
    if not whole:
        return
    both, within = BOTH.match(whole), WITHIN.match(whole)
    if both and normal(both[1]) and normal(both[2]):
        yield QUOTA, rate("", both[1])
        yield "", rate("", both[2])
    elif within and normal(within[1]):
        yield QUOTA, rate("", within[1])
    else:
        yield "", rate("", cell)


def read(data: Path) -> Folder:
    """The schedule and preferences of Japan."""
    with lzma.open(data / FILE, "rt", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [_line(row) for row in rows]
    granted = [
        Preference(row["line"], f"{programme}{mark}", duty)
        for row in rows
        for programme, cell in row.items()
        if programme not in FIXED and cell
        for mark, duty in preference(cell)
    ]
    unread = [(row["line"], row["mfn_text"].replace("\n", " ")) for row in rows if not row["mfn_pct"]]
    open_texts = {line.code for line in lines if line.rate.kind == "other"}
    return Folder("jpn", lines, granted, [(code, text) for code, text in unread if code in open_texts])


def _line(row: Mapping[str, str]) -> Line:
    duty = rate(row["mfn_pct"], row["mfn_text"])
    return Line(row["line"], duty, confidence="B" if row["flag"] or duty.kind == "other" else "A")
