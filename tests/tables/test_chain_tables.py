"""Supply-chain tables reconcile with publications and one another; chain files are refused row by row."""

import tomllib
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from detente.codes import InputError, UnknownName
from detente.data import chain_tables, chain_world
from detente.data.chainfile import chain_file, parse_chain

DATA = Path(__file__).resolve().parents[2] / "src" / "detente" / "data"
TABLES = DATA / "tables"
NAMES = sorted(path.stem for path in TABLES.glob("chain_*.parquet"))
BLOCS = {"EU27", "EUR", "WLD", "ROW", "TOP10"}


def table(name):
    return pl.read_parquet(TABLES / f"{name}.parquet")


@pytest.fixture(scope="module")
def usa():
    return chain_tables.us_network()


@pytest.mark.parametrize("name", [n for n in NAMES if "source" in pl.read_parquet_schema(TABLES / f"{n}.parquet")])
def test_every_source_has_a_citation_and_is_used(name):
    assert set(table(name)["source"]) <= set(chain_tables.sources())


def test_no_table_rests_on_figures_of_other_terms():
    terms = {row.terms for row in chain_tables.sources().values()}
    assert not [term for term in terms if any(word in term.lower() for word in ("comtrade", "commercial", "unknown"))]


@pytest.mark.parametrize("name", NAMES)
def test_places_are_known_and_ranges_in_order_with_a_confidence(name):
    found = table(name)
    known = set(table("countries")["iso3"]) | BLOCS
    for column in {"country", "place", "partner", "destination"} & set(found.columns):
        assert {part for text in found[column] for part in text.split("+")} <= known
    if "central" in found.columns:
        assert found.filter(~pl.col("central").is_between(pl.col("low"), pl.col("high"))).height == 0
    elif {"low", "high"} <= set(found.columns):
        assert found.filter(pl.col("low") > pl.col("high")).height == 0
    if "confidence" in found.columns:
        assert set(found["confidence"]) <= {"found", "derived", "recalled", "secondary", "assumption"}
        assert found.filter(pl.col("source").eq("own") & pl.col("confidence").eq("found")).height == 0


def test_embedded_additions_stay_small():
    paths = [*TABLES.glob("chain_*"), *TABLES.glob("io_usa_*"), *(DATA / "chains").glob("*")]
    assert sum(path.stat().st_size for path in paths) < 400_000


def test_the_us_network_balances_within_the_national_accounts_and_no_cell_is_negative(usa):
    assert len(usa.codes) == 397
    costs = usa.use.sum(axis=0) + usa.imported.sum(axis=0) + usa.value_added
    np.testing.assert_allclose(costs, usa.supply, rtol=1e-12)
    np.testing.assert_allclose(usa.use.sum(axis=1) + usa.final, usa.supply, rtol=1e-12)
    # Gross output of 2017 is 34.5 trillion and GDP 19.6; codes that are not both commodity and industry are left out.
    assert usa.supply.sum() == pytest.approx(32.5e12, rel=0.01)
    assert table("io_usa_industries")["output"].sum() == pytest.approx(34.33e6, rel=0.005)
    assert usa.value_added.sum() == pytest.approx(19.6e12, rel=0.04)
    assert min(usa.use.min(), usa.imported.min()) >= 0
    assert (usa.final >= 0.000999 * usa.supply).all()
    share = usa.value_added / usa.supply
    assert share.min() == pytest.approx(0.02)
    assert [usa.codes[at] for at in np.nonzero(share < 0.02 + 1e-9)[0]] == ["S00102"]


def test_small_networks_and_parts_from_abroad(usa):
    wholesale = usa.codes.index("424200")
    for code in ("334413", "33441A"):
        at = usa.codes.index(code)
        assert usa.use[at, wholesale] == usa.imported[at, wholesale] == 0
        assert usa.use[at].sum() > 0
    users = {row.code for row in chain_file("rare-earths").users if row.scheme == "bea"}
    groups = usa.groups(users)
    assert len(set(groups)) == 109
    assert {"335312", "334511", "336112"} <= set(groups)
    with pytest.raises(UnknownName, match="99999"):
        usa.groups(["99999"])
    parts = np.nonzero(usa.parts)[0]
    assert len(parts) == 19
    assert (usa.imports[parts] > 0).all()
    assert usa.imports[usa.codes.index("336390")] == pytest.approx(36_318e6, rel=0.2)


def test_us_spending_is_that_of_2024_and_need_with_parts_five_times_the_direct():
    trade = table("usa_imports_2024")
    for row in table("chain_spending").filter(pl.col("hs") != "").to_dicts():
        picked = trade.filter(pl.any_horizontal(*(pl.col("code").str.starts_with(c) for c in row["hs"].split(" "))))
        share = 0.6 if row["item"] == "ndfeb_bonded" else 1.0
        assert row["central"] == pytest.approx(share * picked["value"].sum())
        assert row["from_restrictor"] <= row["central"]
    rows = {row["item"]: row for row in table("chain_spending").filter(pl.col("country") == "USA").to_dicts()}
    direct = rows["ndfeb_sintered"]["central"] + rows["ndfeb_bonded"]["central"]
    assert 5 < rows["ndfeb_requirement"]["central"] / direct < 6.5
    assert (rows["ndfeb_requirement"]["low"], rows["ndfeb_requirement"]["high"]) == pytest.approx((1.8e9, 1.98e9))


def test_exposed_shares_agree_with_the_us_accounts_where_a_sector_is_a_few_codes(usa):
    # Sector C19 is petroleum refineries and two small neighbours; C29 the codes that start with 3361 to 3363.
    output = dict(table("io_usa_industries").select("code", "output").iter_rows())
    exposed = dict(table("chain_exposed").select("sector", "share").iter_rows())
    users = set(
        table("chain_users").filter(pl.col("scheme").eq("bea") & ~pl.col("product").str.starts_with("g"))["code"]
    )
    for sector, starts in (("C19", ("324",)), ("C29", ("3361", "3362", "3363"))):
        codes = [code for code in output if code.startswith(starts)]
        share = sum(output[c] for c in codes if c in users) / sum(output[c] for c in codes)
        assert exposed[sector] == pytest.approx(share, abs=0.02)


def test_growth_concentration_and_the_forms_of_rare_earths():
    assert chain_world.dollar_growth("USA") == pytest.approx(1.494, abs=0.001)
    assert chain_tables.economies()["USA"]["gdp_2024"] == 29_298_025_000_000
    weights = chain_tables.governance_weights()
    assert weights["MMR"] > weights["CHN"] > 1 > weights["AUS"]
    assert chain_tables.concentration({"AUS": 0.5, "CHN": 0.5}) == pytest.approx(0.5)
    assert chain_tables.concentration({"CHN": 0.6, "ROW": 0.4}) == pytest.approx(0.36)
    assert chain_tables.concentration({"CHN": 1.0}, {"CHN": 1.3}) == pytest.approx(1.3)
    chain = chain_file("rare-earths")
    by_id = {grade.id: grade for grade in chain.grades}
    assert len(by_id) == 3 + 2 * 16
    assert by_id["Dy-oxide"].controlled
    assert by_id["Dy-oxide"].price.central == 257
    assert not by_id["Nd-metal"].controlled
    assert by_id["NdFeB-H"].code_shared_with == ("NdFeB-L", "SmCo")


def test_world_need_of_dysprosium_is_of_the_size_of_mine_output():
    chain = chain_file("rare-earths")
    uses = [row for row in chain.applications if row.product == "ndfeb"]
    heavy = sum(row.share * row.heavy for row in uses)
    content = next(row.content for row in chain.recipes if (row.grade, row.element) == ("NdFeB-H", "Dy"))
    output = next(row for row in chain.elements if row.element == "Dy")
    need = 250_000_000 * heavy * content.central
    assert heavy == pytest.approx(0.4995)
    assert 0.5 < need / (output.quantity_low * output.metal_in_oxide) < 2.5


def content(name="rare_earths"):
    return tomllib.loads((DATA / "chains" / f"{name}.toml").read_text(encoding="utf-8"))


def changed(section, row, **values):
    held = content()
    held[section][row] = held[section][row] | values
    return held


USER = {"product": "ndfeb", "application": "vehicles", "scheme": "bea", "code": "336111", "share": 0.2,
        "exposed": 0.1, "sigma_class": "B"}  # fmt: skip


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (lambda: changed("recipe", 0, grade="NdFeB-X"), "unknown grade 'NdFeB-X'; did you mean"),
        (lambda: changed("producer", 0, country="CHX"), "unknown country 'CHX'"),
        (lambda: changed("producer", 0, share=0.95), "shares of all mine producers: add up to 1.24, over 1"),
        (lambda: changed("grade", 0, stage="magnets"), "unknown stage 'magnets'; did you mean 'magnet'"),
        (lambda: changed("lever", 0, changes="stocks"), "unknown change 'stocks'; did you mean 'stock'"),
        (lambda: changed("stage", 0, lag_months={"central": 1, "source": "nobody"}), "unknown source 'nobody'"),
        (lambda: content() | {"user": [USER]}, "shares of ndfeb bea vehicles: add up to 1.2, over 1"),
        (lambda: content() | {"user": [USER | {"code": "336199"}]}, "unknown bea industry '336199'"),
        (lambda: content() | {"user": [USER | {"share": 1.3}]}, "bea 336111', share: share 1.3 is over 1"),
        (lambda: content() | {"user": [USER | {"sigma_class": "D"}]}, "unknown class 'D'"),
        (lambda: content() | {"stage": content()["stage"] * 2}, "'mine' is there twice"),
        (lambda: {k: v for k, v in content().items() if k != "grade"}, "key 'grade' is missing"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_with_file_row_and_repair(held, words):
    with pytest.raises(InputError, match=words):
        parse_chain(held(), "mine/bad.toml")


def test_a_row_of_the_file_takes_the_place_of_the_row_of_its_table():
    row = USER | {"code": "336320", "share": 0.3}
    chain = parse_chain(content() | {"user": [row]}, "mine/own.toml")
    shares = {r.code: r.share for r in chain.users if (r.application, r.scheme) == ("vehicles", "bea")}
    assert (shares["336320"], len(chain.users)) == (0.3, len(chain_file("rare-earths").users))


def test_a_path_is_read_and_what_is_no_toml_is_refused(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text((DATA / "chains" / "gallium_germanium.toml").read_text(encoding="utf-8"), encoding="utf-8")
    assert chain_file(path).name == "gallium-germanium"
    path.write_text("[chain\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"own\.toml: is not valid TOML"):
        chain_file(tmp_path / "own.toml")
    with pytest.raises(InputError, match="no such file"):
        chain_file(tmp_path / "none.toml")
    with pytest.raises(UnknownName, match="did you mean 'rare-earths'"):
        chain_file("rare-earth")
