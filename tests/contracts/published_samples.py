"""A few rows of every format as its publisher writes them.

Figures of BACI (CEPII, Etalab 2.0), the US Census, USITC, USGS and BEA (public domain) and of the OECD's tables of 2025
(CC BY 4.0) are the publishers' own. Comtrade, Comext, WITS and TARIC are rows in the publisher's layout whose figures
are for these tests alone, as are those of the Census exports.
"""

import io
import json

BACI = """t,i,j,k,v,q
2023,156,842,280530,7456.02,384.7
2023,156,392,280530,194109,5703
2023,842,276,280530,90.715,1.015
2023,458,392,284690,175859,3502
2023,156,490,284690,20203.5,NA
"""
CENSUS = [
    ["I_COMMODITY", "CTY_CODE", "CON_VAL_MO", "CAL_DUT_MO", "COMM_LVL", "time"],
    ["0106199120", "5330", "2500", "0", "HS10", "2024-12"],
    ["0106900180", "5330", "2750", "0", "HS10", "2024-12"],
    ["0302895061", "5330", "699544", "0", "HS10", "2024-12"],
    ["0302320000", "5700", "126548", "0", "HS10", "2024-12"],
]


def _bulk(line: str, country: str, provision: str, quantity: int, value: int, duty: int) -> str:
    amounts = [1, quantity, 0, value, value, duty, 0, value, quantity, 0, value, 0, value, 0, 0]
    return f"{line}{country}001010{provision}202412" + "".join(f"{amount:015d}" for amount in amounts)


BULK = "".join(
    f"{row}\n"
    for row in (
        _bulk("0106199120", "5330", "10", 2, 2500, 0),
        _bulk("8507600010", "5700", "69", 120, 699544, 185379),
        _bulk("8507600010", "5700", "61", 3, 14968, 509),
    )
)
CENSUS_EXPORTS = [
    ["E_COMMODITY", "CTY_CODE", "ALL_VAL_MO", "DF", "COMM_LVL", "time"],
    ["1201900095", "5700", "141197240", "1", "HS10", "2026-07"],
    ["1201900095", "2010", "3355", "2", "HS10", "2026-07"],
]


def _exported(origin: int, line: str, country: str, district: str, quantity: int, value: int) -> str:
    amounts = [1, quantity, 0, value, 0, 0, value, quantity, 0, 0]
    return f"{origin}{line}{country}{district}202607" + "".join(f"{amount:015d}" for amount in amounts * 2)


EXPORT_BULK = "".join(
    f"{row}\n"
    for row in (
        _exported(1, "1201900095", "5700", "20", 350_000, 141_197_240),
        _exported(2, "1201900095", "2010", "23", 9, 3355),
        _exported(1, "8542310000", "5830", "28", 41, 99_000),
    )
)
COMTRADE = """typeCode\tfreqCode\trefPeriodId\trefYear\trefMonth\t\
period\treporterCode\tflowCode\tpartnerCode\tpartner2Code\t\
classificationCode\tcmdCode\tcustomsCode\tmosCode\tmotCode\tqtyUnitCode\tqty\tnetWgt\t\
cifvalue\tfobvalue\tprimaryValue
C\tA\t20230101\t2023\t52\t2023\t842\tM\t156\t0\tH6\t280530\tC00\t0\t0\t8\t384700\t384700\t7456020\t\t7456020
C\tA\t20230101\t2023\t52\t2023\t842\tM\t0\t0\tH6\t280530\tC00\t0\t0\t8\t390000\t390000\t7700000\t\t7700000
C\tA\t20230101\t2023\t52\t2023\t842\tX\t276\t0\tH6\t280530\tC00\t0\t0\t8\t1015\t\t\t90715\t90715
"""
COMTRADE_API = {
    "elapsedTime": "0.2 secs",
    "count": 2,
    "data": [
        {
            "typeCode": "C", "freqCode": "A", "refYear": 2023, "period": "2023", "reporterCode": 842, "flowCode": "M",
            "partnerCode": 156, "partner2Code": 0, "cmdCode": "280530", "customsCode": "C00", "mosCode": "0",
            "motCode": 0, "qtyUnitAbbr": "kg", "qty": 384700.0, "netWgt": 384700.0, "primaryValue": 7456020.0,
        },
        {
            "typeCode": "C", "freqCode": "A", "refYear": 2023, "period": "2023", "reporterCode": 842, "flowCode": "M",
            "partnerCode": 392, "partner2Code": 0, "cmdCode": "280530", "customsCode": "C00", "mosCode": "0",
            "motCode": 0, "qtyUnitAbbr": "kg", "qty": 12.0, "netWgt": 12.0, "primaryValue": 410.0,
        },
    ],
    "error": "",
}  # fmt: skip
COMEXT = """REPORTER,PARTNER,TRADE_TYPE,PRODUCT_NC,PRODUCT_SITC,FLOW,STAT_PROCEDURE,\
SUPPL_UNIT,PERIOD,VALUE_EUR,VALUE_NAC,QUANTITY_KG,QUANTITY_SUPPL_UNIT
DE,CN,E,28053010,52229,1,1,NO_SU,202512,3780350,3780350,300100,0
DE,US,E,28053010,52229,1,1,NO_SU,202512,90715,90715,1015,0
FR,XS,E,85076000,77812,2,1,PCE,202512,51000,51000,700,120
NL,QP,E,TOTAL,TOTAL,1,3,NO_SU,202512,1000,1000,10,0
"""
DATAWEB = [
    ["HTS Number", "Year", "Month", "Description", "Country", "General Customs Value", "General Import Charges"],
    ["01", 2024, 1, "LIVE ANIMALS", "European Union", 51867678, 3187182],
    ["01", 2024, 2, "LIVE ANIMALS", "European Union", 39492997, 2410013],
    ["01", 2024, 1, "LIVE ANIMALS", "Mexico", 75870535, 2344233],
]
HTS = [
    {
        "htsno": code, "indent": "2", "description": words, "superior": None, "units": units, "general": general,
        "special": "", "other": other, "footnotes": [], "quotaQuantity": None, "additionalDuties": None,
    }
    for code, words, units, general, other in (
        ("0101", "Live horses, asses, mules and hinnies:", [], "", ""),
        ("0101.21.00", "Purebred breeding animals", [], "Free", "Free"),
        ("0101.21.00.10", "Males", ["No."], "", ""),
        ("0101.21.00.20", "Females", ["No."], "", ""),
        ("9903.88.15", "Articles the product of China", [], "The duty provided + 7.5%", ""),
    )
]  # fmt: skip
ICIO = """,CHN_A01,CHN_C26,USA_A01,USA_C26,CHN_HFCE,USA_HFCE,OUT
CHN_A01,637493.875,533.6637,139.1396,0,521000,496.9558,2326303.5646
CHN_C26,210.4016,808873.4375,20.5097,7774.125,700000,29454.8447,2136721.1775
USA_A01,5795.1934,4.9045,68954.3672,6.3129,811.98,219000,630919.342
USA_C26,13.8381,9571.4336,486.8764,24222.4531,870.1293,327000,489552.0389
TLS,100,200,-50,10,0,0,0
VA,1500000,420000,250000,290000,0,0,0
OUT,2326303.5646,2136721.1775,630919.342,489552.0389,0,0,0
"""
USGS = """SOURCE,COMMODITY,COUNTRY,TYPE,UNIT_MEAS,PROD_2023,PROD_EST_ 2024,PROD_NOTES,\
CAP_2023,CAP_EST_ 2024,CAP_NOTES,RESERVES_2024,RESERVE_NOTES
MCS2025,Rare earths,United States,"Mine production, rare-earth-oxide equivalent",metric tons,41600,45000,,,,,1900000,
MCS2025,Rare earths,Brazil,"Mine production, rare-earth-oxide equivalent",metric tons,140,20,,,,,21000000,
MCS2025,Rare earths,Burma,"Mine production, rare-earth-oxide equivalent",metric tons,43000,31000,,,,,NA,
MCS2025,Rare earths,China,"Mine production, rare-earth-oxide equivalent",metric tons,255000,270000,,,,,44000000,
"""
BEA = """Table 4.1. Foreign Transactions in the National Income and Product Accounts
[Billions of dollars]
"Last Revised on: March 27, 2025 - Next Release Date April 30, 2025"
Line,,1929,1930,1931
1,"        Current receipts from the rest of the world",7.1,5.5,3.7
2,Exports of goods and services,5.9,4.4,2.9
18,Imports of goods and services,5.6,4.1,2.9

Legend/Footnotes
"""
BEA_API = {
    "BEAAPI": {
        "Request": {"RequestParam": [{"ParameterName": "FREQUENCY", "ParameterValue": "A"}]},
        "Results": {
            "Statistic": "NIPA Table",
            "Data": [
                {
                    "TableName": "T40100", "SeriesCode": code, "LineNumber": line, "LineDescription": words,
                    "TimePeriod": period, "METRIC_NAME": "Current Dollars", "CL_UNIT": "Level", "UNIT_MULT": "9",
                    "DataValue": value,
                }
                for code, line, words, period, value in (
                    ("B020RC", "2", "Exports of goods and services", "1929", "5.9"),
                    ("B020RC", "2", "Exports of goods and services", "1930", "4.4"),
                    ("B021RC", "18", "Imports of goods and services", "1929", "5.6"),
                )
            ],
        },
    }
}  # fmt: skip
WITS = """NomenCode,Reporter_ISO_N,Year,ProductCode,Partner,Sum_Of_Rates,Min_Rate,Max_Rate,SimpleAverage,\
TotalNoOfLines,Nbr_Pref_Lines,Nbr_MFN_Lines,Nbr_NA_Lines,EstCode
H6,036,2023,010121,000,0,0,0,0,1,0,1,0,UN
H6,050,2023,010121,000,5,5,5,5,1,0,1,0,UN
H6,050,2023,850760,156,25,0,25,12.5,2,1,1,0,UN
"""
TARIC = [
    ["Goods code", "Add code", "Order No.", "Start date", "End date", "RED_IND", "Origin", " Measure type",
     "Legal base", "Duty", "Origin code", " Meas. type code"],
    ["0101210000 80", "", "", "1995-07-01", "", "", "ERGA OMNES", "Third country duty", "R2658/87", "0.000 %", "1011",
     "103"],
    ["8507600010 80", "", "", "2022-01-01", "", "", "ERGA OMNES", "Third country duty", "R1832/02", "2.700 %", "1011",
     "103"],
    ["8507600010 80", "", "09.1234", "2022-01-01", "2025-12-31", "", "Japan", "Tariff preference", "D1907/18",
     "1.3 % + 4.2 EUR DTN", "JP", "142"],
]  # fmt: skip
SDMX = """DATAFLOW,LAST UPDATE,freq,reporter,partner,product,flow,indicators,TIME_PERIOD,OBS_VALUE,OBS_FLAG
ESTAT:DS-045409(1.0),20/11/26 11:00:00,A,DE,CN,280530,1,VALUE_EUR,2023,3780350,
ESTAT:DS-045409(1.0),20/11/26 11:00:00,A,DE,CN,280530,1,VALUE_EUR,2024,2910000,p
ESTAT:DS-045409(1.0),20/11/26 11:00:00,A,DE,US,280530,1,VALUE_EUR,2023,90715,
"""


def workbook(rows: list[list[object]]) -> bytes:
    """A workbook of one sheet."""
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def parquet() -> bytes:
    """A table in Parquet."""
    import polars as pl

    content = io.BytesIO()
    pl.DataFrame({"line": ["280530", "284690"], "value": [1.5, 2.0]}).write_parquet(content)
    return content.getvalue()


def stata() -> bytes:
    """A table of Stata."""
    import pandas as pd

    content = io.BytesIO()
    frame = pd.DataFrame({"commodity": ["280530", "284690"], "con_val_yr": [1.5, 2.0]})
    frame.to_stata(content, write_index=False)
    return content.getvalue()


HAR = b"\x04\0\0\0BASE\x04\0\0\0" + b"\0" * 64
SAMPLES: dict[str, tuple[str, bytes]] = {
    "baci": ("BACI_HS17_Y2023_V202501.csv", BACI.encode()),
    "bea": ("NIPA-imports.csv", BEA.encode()),
    "bea-api": ("bea.json", json.dumps(BEA_API).encode()),
    "census-api": ("imports.json", json.dumps(CENSUS).encode()),
    "census-api-exports": ("exports.json", json.dumps(CENSUS_EXPORTS).encode()),
    "census-bulk": ("IMP_DETL.TXT", BULK.encode()),
    "census-bulk-exports": ("EXP_DETL.TXT", EXPORT_BULK.encode()),
    "comext": ("full_202512.dat", COMEXT.encode()),
    "comtrade": ("COMTRADE-FINAL-CA842202300.txt", COMTRADE.encode()),
    "comtrade-api": ("comtrade.json", json.dumps(COMTRADE_API).encode()),
    "dataweb": ("DataWeb-Query-Export.xlsx", workbook(DATAWEB)),
    "hts": ("hts_2026_rev_11.json", json.dumps(HTS, indent=1).encode()),
    "icio-2023": ("2020_SML.csv", ICIO.replace("_A01", "_A01_02").encode()),
    "icio-2025": ("2022_SML.csv", ICIO.encode()),
    "sdmx-csv": ("estat_ds-045409.csv", SDMX.encode()),
    "taric": ("Duties Import 01-99.xlsx", workbook(TARIC)),
    "usgs": ("MCS2025_World_Data.csv", b"\xef\xbb\xbf" + USGS.encode()),
    "wits": ("JobID-55_Tariff.CSV", WITS.encode()),
    "parquet": ("own.parquet", parquet()),
    "stata": ("imp_detl_yearly_124n.dta", stata()),
    "workbook": ("own.xlsx", workbook([["line", "value"], ["010121", 3], ["010129", 4.5]])),
}
"""Format -> name and content of a small file of it."""
