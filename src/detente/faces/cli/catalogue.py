"""The commands of the program in groups, each in one line and with an example of its use."""

from __future__ import annotations

GROUPS: dict[str, dict[str, str]] = {
    "Law": {
        "rate": "the duty on one good from one country on a day",
        "explain": "the same in sentences: each act, its days, what it displaced",
        "entries": "what each row of a file of yours owes, beside what was paid",
        "law": "measures and tariff lines: search, show, changes, cases, new, update",
        "watch": "what changed for a list of lines and partners, and what is to come",
    },
    "Averages": {
        "average": "average duty on a day, whole or by country; its history since 1901",
        "daily": "average duty by day, with what each authority adds",
        "contributions": "which measures moved the average between two days",
        "revenue": "duty of a year at the law of a day, or month by month",
        "facing": "what goods of a country owe in every importer on record",
        "collected": "duty collected over US imports by month, as observed",
    },
    "Deals": {
        "run": "what a deal does, and whether it would hold",
        "brief": "a deal as one country sees it: rivals, replies, offers",
        "validate": "whether scenarios can be run, without running them",
        "compare": "scenarios side by side",
        "sweep": "a scenario or the world over many values of its fields",
        "report": "pages of a result that was run before, in any format",
        "talks": "what to offer, ask and refuse on one page; the record",
        "replicate": "a folder with everything that makes a result again",
    },
    "World": {
        "economy": "what tariffs do to every country; best and Nash tariffs",
        "country": "what a scenario does to one country: income, trade, duties",
        "prices": "what tariffs add to US consumer prices, and cost a household",
        "chain": "export controls: who runs short, when, at what cost",
    },
    "Record": {
        "check": "verdicts on claims, and what they hang on",
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
    "rate": "detente rate 8507.60 China --on 2025-04-15",
    "explain": "detente explain 8703.23.01.40 Mexico --on 2025-06-15 --claim USMCA",
    "law": "detente law --changes-since 2026-01-01",
    "law search": "detente law search electric cars",
    "law show": "detente law show s232_auto",
    "law diff": "detente law diff 2025-05-13 2025-05-14",
    "law cases": "detente law cases --of CHN",
    "law record": "detente law record",
    "law new": "detente law new Kenya --schedule tariff.csv --out mylaws/ken",
    "law importers": "detente law importers",
    "law check": "detente law check mylaws/ken",
    "law update": "detente law update hts_2026_rev_11.json",
    "law audit": "detente law audit --only rates",
    "average": "detente average --on 2025-05-14 --by country",
    "daily": "detente daily --from 2025-04-01 --to 2025-05-31 --partner Germany",
    "contributions": "detente contributions --from 2025-01-01 --to 2025-05-14",
    "revenue": "detente revenue --of Canada --on 2025-10-01 --by partner",
    "facing": "detente facing US --on 2026-10-01",
    "collected": "detente collected --partner EU --from 2025-01",
    "run": "detente run geneva --report geneva.html",
    "brief": "detente brief Vietnam --deal geneva",
    "validate": "detente validate geneva",
    "compare": "detente compare geneva thirty-four",
    "sweep": "detente sweep geneva --over report.elasticity=1,2,4",
    "report": "detente report geneva.json --out geneva.pdf",
    "talks": "detente talks us-china-2025-05 --for China",
    "talks keys": "detente talks keys issues",
    "replicate": "detente replicate geneva --out geneva-package",
    "economy": "detente economy optimal --country US",
    "economy solve": "detente economy solve --tariffs tariffs.csv",
    "economy balance": "detente economy balance --trade --out balanced.npz",
    "economy optimal": "detente economy optimal --country China",
    "economy nash": "detente economy nash --players US,China",
    "economy cooperative": "detente economy cooperative --players US,China",
    "economy decouple": "detente economy decouple --first US,Canada --second China",
    "economy concessions": "detente economy concessions --players US,China",
    "economy laffer": "detente economy laffer --country US --partners China",
    "economy decompose": "detente economy decompose --tariffs tariffs.csv --country US",
    "economy attribute": "detente economy attribute --tariffs tariffs.csv --country Mexico",
    "country": "detente country Germany geneva",
    "chain": "detente chain run rare-earths --cut 0.8 --country Japan",
    "chain run": "detente chain run rare-earths --cut 0.8 --country Japan",
    "chain show": "detente chain show rare-earths --table producers",
    "chain levers": "detente chain levers rare-earths --cut 0.8 --country US",
    "check": "detente check --only C14",
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

FIRST = {"data": "list"}
"""By group: the question that is meant where no word follows the name of the group."""

ELSE = {"data": "show"}
"""The command that is meant where the first one knows nothing of what is named."""

MODULES = {
    "lookup": ("rate", "explain"),
    "rates": ("daily", "average", "contributions", "collected"),
    "importers": ("revenue", "facing"),
    "law": ("law",),
    "scenarios": ("run", "validate", "compare"),
    "country": ("brief",),
    "sweep": ("sweep",),
    "reports": ("report", "replicate"),
    "serve": ("serve",),
    "server": ("server",),
    "mcp": ("mcp",),
    "economy": ("economy",),
    "nation": ("country",),
    "chain": ("chain",),
    "talks": ("talks",),
    "evidence": ("check",),
    "data": ("data",),
}
"""Which module of this package makes which commands; those in no group are for programs."""
