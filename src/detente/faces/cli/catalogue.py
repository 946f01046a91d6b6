"""The commands of the program in groups, each in one line and with an example of its use."""

from __future__ import annotations

#: Environment variable by which a shell asks what may stand for the last word of a line.
ASKED = "_DETENTE_COMPLETE"

ABOUT = "Détente answers one question: what would this trade deal do, and will it hold?"

#: Where to begin: command lines, and what each gives.
BEGIN = {
    "detente rate 8507.60 China": "the tariff on Chinese batteries today",
    "detente find coffee": "tariff codes for coffee",
    "detente run geneva": "what the deal of Geneva did",
}

#: Groups in the order of the help, each with its commands and what they give in one line.
GROUPS: dict[str, dict[str, str]] = {
    "Tariffs": {
        "rate": "The tariff on a product from a country, why, and its history",
        "find": "Tariff codes, acts and countries by words",
        "average": "The average tariff by day, country, sector or act; since 1901",
        "revenue": "What tariffs bring in: as written, after buyers respond, collected",
        "week": "What moved the average tariff in a week, in a hundred words",
        "law": "Tariff acts: in force, changed, coming; how far we have read",
    },
    "Your goods (reads a file of yours; nothing leaves your machine)": {
        "entries": "What each entry owes beside what was paid",
        "watch": "What has changed for your products, and what is coming",
    },
    "Deals": {
        "run": "What a scenario does, and whether a deal would hold",
        "deal": "Try a package of your own: who gains, who would sign",
        "brief": "A scenario as one country sees it",
        "talks": "What a side should offer, ask for and refuse; past deals",
        "sweep": "A scenario over many values of its inputs",
    },
    "World": {
        "economy": "Income and trade of every country; best tariffs, trade wars",
        "prices": "US consumer prices, and the cost to a household",
        "chain": "Critical materials: who makes them, who runs short, what helps",
    },
    "Record": {
        "check": "Whether a claim holds: type the sentence",
        "reconcile": "Why our number differs from one in print",
        "events": "The dated record of tariffs, controls, talks and threats",
        "score": "Our forecasts beside what came",
    },
    "Program": {
        "data": "Tables, scenarios, cases, worlds: list, show, add, cite",
        "assumptions": "The assumptions behind the numbers, and how much each matters",
        "serve": "Answer in a browser, and over an interface for programs",
        "mcp": "Answer an assistant",
    },
}

#: Options of every answer.
EVERY = {
    "--out FILE": "Write a file; its ending names the format (.csv .xlsx .json .pdf .png)",
    "--json, --csv": "Print for a program",
    "--table NAME": "Show another table of the answer",
    "--notes": "Show sources and method",
    "-q, --quiet": "Show the numbers alone",
}

#: An example of every command that is no question, by its words.
EXAMPLES = {
    "law": "detente law changes --from 2026-01-01",
    "law new": "detente law new Kenya --schedule tariff.csv --out mylaws/ken",
    "law update": "detente law update hts_2026_rev_11.json",
    "talks": "detente talks advice us-china-today --country China",
    "economy": "detente economy solve geneva",
    "chain": "detente chain rare-earths --cut 80% --country Japan",
    "data": "detente data",
    "data add": "detente data add BACI_HS17_Y2023_V202501.csv --name baci-2023",
    "data update": "detente data update baci-2023 BACI_HS17_Y2023_V202601.csv --look",
    "data verify": "detente data verify",
    "serve": "detente serve --open",
    "serve prune": "detente serve prune --older 90d --dry-run",
    "mcp": "detente mcp",
}

#: By group: the question that is meant where no word follows the name of the group.
FIRST = {"chain": "run", "data": "list", "economy": "solve", "law": "list", "talks": "advice"}

#: The command that is meant where the first one knows nothing of what is named.
ELSE = {"data": "show"}

#: Which module of this package makes which commands; those in no group are for programs.
MODULES = {
    "law": ("law",),
    "serve": ("serve", "mcp"),
    "data": ("data",),
}
