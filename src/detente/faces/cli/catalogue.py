"""The commands of the program in groups, each in one line and with an example of its use."""

from __future__ import annotations

GROUPS: dict[str, dict[str, str]] = {
    "Law": {
        "rate": "the tariff on a product from a country, why, and its history",
        "find": "tariff codes, acts and countries by words",
        "entries": "what each row of a file of yours owes, beside what was paid",
        "law": "tariff acts: in force, changed, coming; how far we have read",
        "watch": "what changed for a list of lines and partners, and what is to come",
    },
    "Averages": {
        "average": "the average tariff by day, country, sector or act; since 1901",
        "revenue": "what tariffs bring in: as written, after buyers respond, collected",
    },
    "Deals": {
        "run": "what a deal does, and whether it would hold",
        "brief": "a deal as one country sees it: rivals, replies, offers",
        "sweep": "a scenario or the world over many values of its fields",
        "deal": "try a package: what both sides gain, who would sign",
        "talks": "what to offer, ask and refuse on one page; the record",
    },
    "World": {
        "economy": "what tariffs do to every country; best tariffs, trade wars",
        "prices": "what tariffs add to US consumer prices, and cost a household",
        "chain": "export controls: who runs short, when, at what cost",
    },
    "Record": {
        "check": "whether a claim holds, and what that hangs on",
        "reconcile": "from our number to one in print, choice by choice",
        "events": "the dated record of duties, controls, talks and threats",
        "score": "forecasts of duty, imports and prices beside what came",
    },
    "Data and help": {
        "data": "tables, scenarios, cases, worlds: list, show, cite; add, update",
        "assumptions": "the assumptions behind the numbers, and what each one does",
        "serve": "the same in a browser, with a program interface",
        "server": "the store of a server: remove what is too old",
        "mcp": "the same as tools for assistants",
    },
}
"""Groups in the order of the help, each with its commands and what they give in one line."""

EXAMPLES = {
    "rate": "detente rate 8507.60.00.10 China --on 2025-04-15",
    "find": "detente find electric cars --on 2025-09-01",
    "law": "detente law changes --from 2026-01-01",
    "law new": "detente law new Kenya --schedule tariff.csv --out mylaws/ken",
    "law update": "detente law update hts_2026_rev_11.json",
    "average": "detente average --on 2025-05-14 --by country",
    "run": "detente run geneva --out geneva.html",
    "brief": "detente brief Vietnam --scenario geneva",
    "talks": "detente talks us-china-today --country China",
    "economy": "detente economy solve geneva",
    "chain": "detente chain rare-earths --cut 80% --country Japan",
    "check": "detente check C14",
    "reconcile": "detente reconcile 17.8 --on 2025-05-12 --publisher yale",
    "data": "detente data",
    "data add": "detente data add BACI_HS17_Y2023_V202501.csv --name baci-2023",
    "data update": "detente data update baci-2023 BACI_HS17_Y2023_V202601.csv --look",
    "data verify": "detente data verify",
    "serve": "detente serve --open",
    "server": "detente server prune --older 90d",
    "server prune": "detente server prune --older 90d --dry-run",
    "mcp": "detente mcp",
}
"""An example of every command that can be called, by its words."""

FIRST = {"chain": "run", "data": "list", "economy": "solve", "law": "list", "talks": "advice"}
"""By group: the question that is meant where no word follows the name of the group."""

ELSE = {"data": "show"}
"""The command that is meant where the first one knows nothing of what is named."""

MODULES = {
    "law": ("law",),
    "serve": ("serve",),
    "server": ("server",),
    "mcp": ("mcp",),
    "data": ("data",),
}
"""Which module of this package makes which commands; those in no group are for programs."""
