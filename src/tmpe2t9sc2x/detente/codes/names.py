"""Short names of the chapters of the Harmonized System and of other groups that tables are sorted by."""

from __future__ import annotations

CHAPTERS: dict[str, str] = {
    line[:2]: line[3:]
    for line in """\
01 Live animals
02 Meat
03 Fish and seafood
04 Dairy, eggs, honey
05 Other animal products
06 Live trees and plants
07 Vegetables
08 Fruit and nuts
09 Coffee, tea, spices
10 Cereals
11 Milling products
12 Oil seeds
13 Gums and resins
14 Vegetable plaiting materials
15 Fats and oils
16 Preparations of meat and fish
17 Sugar
18 Cocoa
19 Preparations of cereals
20 Preparations of vegetables and fruit
21 Miscellaneous food
22 Beverages
23 Food residues, feed
24 Tobacco
25 Salt, stone, cement
26 Ores
27 Mineral fuels
28 Inorganic chemicals
29 Organic chemicals
30 Pharmaceuticals
31 Fertilizers
32 Dyes and paints
33 Perfumery and cosmetics
34 Soaps and waxes
35 Glues and enzymes
36 Explosives
37 Photographic goods
38 Miscellaneous chemicals
39 Plastics
40 Rubber
41 Hides and leather
42 Leather articles
43 Furskins
44 Wood
45 Cork
46 Basketware
47 Pulp
48 Paper
49 Printed matter
50 Silk
51 Wool
52 Cotton
53 Other vegetable fibres
54 Man-made filaments
55 Man-made staple fibres
56 Wadding, felt, ropes
57 Carpets
58 Special woven fabrics
59 Coated textiles
60 Knitted fabrics
61 Clothing, knitted
62 Clothing, not knitted
63 Other textile articles
64 Footwear
65 Headgear
66 Umbrellas
67 Feathers, artificial flowers
68 Stone articles
69 Ceramics
70 Glass
71 Precious stones and metals
72 Iron and steel
73 Articles of iron or steel
74 Copper
75 Nickel
76 Aluminium
78 Lead
79 Zinc
80 Tin
81 Other base metals
82 Tools and cutlery
83 Miscellaneous metal articles
84 Machinery
85 Electrical equipment
86 Railway equipment
87 Vehicles
88 Aircraft
89 Ships
90 Instruments
91 Clocks and watches
92 Musical instruments
93 Arms
94 Furniture, lamps
95 Toys and sports goods
96 Miscellaneous manufactures
97 Works of art
98 Special provisions
99 Temporary provisions, low-value entries""".splitlines()
}

END_USES = {"INT": "Intermediate goods", "CONS": "Consumption goods", "CAP": "Capital goods", "OTHER": "Not classified"}

GTAP: dict[str, str] = {
    line[:3]: line[4:]
    for line in """\
pdr Paddy rice
wht Wheat
gro Other cereals
v_f Vegetables, fruit, nuts
osd Oil seeds
c_b Sugar cane and beet
pfb Plant fibres
ocr Other crops
ctl Cattle, sheep, horses
oap Other animal products
rmk Raw milk
wol Wool, silk
frs Forestry
fsh Fishing
coa Coal
oil Crude oil
gas Natural gas
oxt Other mining
cmt Meat of cattle and sheep
omt Other meat
vol Vegetable oils and fats
mil Dairy
pcr Processed rice
sgr Sugar
ofd Other food
b_t Beverages and tobacco
tex Textiles
wap Clothing
lea Leather
lum Wood products
ppp Paper, publishing
p_c Petroleum and coal products
chm Chemicals
bph Pharmaceuticals
rpp Rubber and plastics
nmm Other mineral products
i_s Iron and steel
nfm Other metals
fmp Metal products
ele Computers, electronics, optics
eeq Electrical equipment
ome Other machinery
mvh Motor vehicles and parts
otn Other transport equipment
omf Other manufactures
ely Electricity""".splitlines()
}

_WITH_ARTICLE = {
    "Bahamas", "Comoros", "DR Congo", "Gambia", "Isle of Man", "Maldives", "Philippines", "Rest of the world",
    "Seychelles", "World",
}  # fmt: skip
_KINDS = {
    "Emirates", "Islands", "Kingdom", "Netherlands", "Republic", "States", "Territories", "Territory", "Union",
}  # fmt: skip
"""Last words of names that say what a country is, and so take the article."""


NO_ARTICLE = frozenset(
    "a an all any both each even every free half how if many more most no none one some the these this those two what "
    "whatever when where whoever".split()
)
"""First words of a label that stand without "the"; so do capitals, digits and whole labels of `BARE`."""

BARE = frozenset({"escalation", "free trade", "war"})
"""Labels that are names of things without an article."""


def with_article(label: str) -> str:
    """A label as it stands within a sentence: "the status quo", "what starts by itself", "even chances of both"."""
    first = label.split(" ")[0]
    bare = first.lower() in NO_ARTICLE or label in BARE or not first[:1].islower()
    return label if bare else f"the {label}"


def first_upper(words: str) -> str:
    """Words at the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def in_sentence(name: str) -> str:
    """A country or region as it stands within a sentence: "the United States", "China", "the rest of the world".

    Tables, axes and lists keep the name alone.
    """
    if name.startswith("South Georgia") or not (
        name in _WITH_ARTICLE or name.lower().startswith("rest of ") or name.split(" ")[-1] in _KINDS
    ):
        return name
    return f"the {name[0].lower() + name[1:] if name.split(' ')[0] in ('Rest', 'World') else name}"
