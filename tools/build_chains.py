"""Build io_usa_* and chain_*: the US network, and who makes, spends, uses and stocks the controlled materials."""

from __future__ import annotations

import polars as pl

import _chain_rows as core
import _chain_series as series
from _chain_network import network
from _chain_sources import SOURCES
from _shared import arguments, write_table


def main() -> None:
    """Every table, and last the sources that some table names."""
    options = arguments(__doc__ or "")
    folder, places = options.data / "materials", core.Places(options.out / "countries.parquet")
    tables = {
        "chain_parameters": core.parameters(folder),
        "chain_chokes": core.chokes(folder),
        "chain_spending": core.spending(folder, options.out / "usa_imports_2024.parquet"),
        "chain_applications": core.applications(folder),
        "chain_users": core.users(folder),
        "chain_exposed": core.exposed(folder),
        "chain_plants": core.plants(folder),
        "chain_stages": core.stages(folder, places),
        "chain_mines": core.mines(folder, places),
        "chain_flows": series.flows(folder, places),
        "chain_prices": series.prices(folder),
        "chain_elements": series.elements(folder),
        "chain_facts": series.facts(folder, places),
        "chain_events": series.events(folder),
        "chain_imports_hs4": series.imports_hs4(folder, places),
        "chain_minerals": series.minerals(folder, places),
        "chain_minerals_2025": series.minerals_2025(options.data / "minerals", places),
        "chain_economies": series.economies(options.data / "countries"),
    }
    tables["io_usa_industries"], tables["io_usa_use"] = network(options.data / "io_us")
    tables["chain_sources"] = sources(tables)
    for name, table in tables.items():
        write_table(table, options.out / f"{name}.parquet")


def sources(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Short name, citation and terms of every source that a row names."""
    named = {name for table in tables.values() if "source" in table.columns for name in table["source"].unique()}
    named |= {"weo-2025-10", "wdi-2025-03", "wgi-2022", "dataweb", "bea-2017", "iupac"}
    found = [(name, citation, terms) for name, _, citation, terms in SOURCES if name in named]
    return pl.DataFrame(found, schema=["source", "citation", "terms"], orient="row").sort("source")


if __name__ == "__main__":
    main()
