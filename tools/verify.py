"""Check the proof of a run without the program that made it: the standard library alone, under a minute.

    detente run geneva --proof geneva.zip
    python tools/verify.py geneva.zip

It exits 0 if everything that the archive claims follows from what stands in it, and says what it takes on trust. It
exits 1 with one sentence on the first thing that is wrong. It checks

* the law: on a sample of lines and partners that the key of the result draws, the acts that apply, their days, their
  goods, what displaces them, and that the rungs add up to the duty;
* the averages: exact sums, in whole cents and trillionths, against the cells of the tables;
* the world economy: that wages, prices and spending clear every market and keep every budget under the tariffs of each
  law, in decimals of fifty digits, and that real income, real wages, trade and duty of the tables follow from them;
* the brief: each of its numbers against the cell that it is.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import sys
import zipfile
import zlib
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

#: Pairs drawn for each importer; a duty of one is a trillion; how far two rates may lie apart by rounding.
SAMPLE, RATE, NEAR = 200, 10**12, 2e-12

TRUSTED = (
    "the data: values of trade, base duties, what goods are made of, shares that claim a preference",
    "texts and names: citations, authorities, labels of the brief, the name of the scenario and of the version",
    "that the acts given are all that apply, beyond those that the rungs name",
    "the accounts and elasticities of the world economy, and how duties are averaged into its sectors",
    "what is listed as not proved",
)


#: What reading a member that is no member of a proof raises.
FAULTS = (ValueError, KeyError, TypeError, AttributeError, IndexError, ArithmeticError)


class Wrong(Exception):
    """The first thing that is wrong."""


def need(holds: bool, sentence: str) -> None:
    """Refuse what does not hold."""
    if not holds:
        raise Wrong(sentence)


def opened(path: str) -> dict[str, bytes]:
    """Every member of an archive by its name."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except FileNotFoundError:
        raise Wrong(f"There is no file {path}.") from None
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise Wrong(f"{path} is no whole archive: it was cut short or damaged, so fetch it again.") from None
    return members


# --- averages ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pairs:
    """What the pairs of an importer come to.

    Attributes
    ----------
    laws : names, in the order of columns. rates : trillionths under each law, by line and partner.
    worth : cents by partner, "" of all. duty : cents times trillionths by law and partner.
    """

    laws: list[str]
    rates: dict[tuple[str, str], list[int]]
    worth: dict[str, int]
    duty: dict[tuple[str, str], int]


@lru_cache(maxsize=4)
def pairs_of(text: bytes, code: str) -> Pairs:
    """Pairs of line and partner read and summed, exactly."""
    rows = list(csv.reader(io.StringIO(text.decode())))
    head, body = rows[0], rows[1:]
    need(head[:3] == ["line", "partner", "value"], f"The pairs of {code} have other columns than line, partner, value.")
    pairs = Pairs(head[3:], {}, {"": 0}, {})
    before = ["", ""]
    for number, row in enumerate(body, 2):
        whole = len(row) == len(head) and all(cell.isdigit() for cell in (row[0], *row[2:]))
        need(whole, f"Row {number} of the pairs of {code} holds something that is no whole number.")
        need(before < row[:2], f"Row {number} of the pairs of {code} is out of order.")
        before, partner = row[:2], row[1]
        value, *rates = map(int, row[2:])
        pairs.rates[row[0], partner] = rates
        for part in ("", partner):
            pairs.worth[part] = pairs.worth.get(part, 0) + value
            for law, rate in zip(pairs.laws, rates, strict=True):
                pairs.duty[law, part] = pairs.duty.get((law, part), 0) + value * rate
    return pairs


@lru_cache(maxsize=4)
def drawn(key: str, text: bytes, code: str) -> set[tuple[str, str]]:
    """The pairs whose rungs must be given: the key of the result chooses them."""
    tickets = {
        pair: hashlib.sha256(f"{key} {pair[0]} {pair[1]}".encode()).digest() for pair in pairs_of(text, code).rates
    }
    return set(sorted(tickets, key=tickets.__getitem__)[:SAMPLE])


def check_averages(code: str, pairs: Pairs, said: dict) -> None:
    """Sums of values and of duties, and the cells that hold the averages."""
    count, worth, duty = len(pairs.rates), pairs.worth, pairs.duty
    names = hashlib.sha256("".join(f"{line} {partner}\n" for line, partner in pairs.rates).encode()).hexdigest()
    need(names == said["names"], f"The pairs of {code} are of other lines or partners than those that were weighed.")
    need(said["pairs"] == count, f"{code} has {count} pairs where {said['pairs']} are claimed.")
    need(sorted(said["duty"]) == sorted(pairs.laws), f"The averages of {code} name other laws than its pairs.")
    need(str(worth[""]) == said["value"], f"The values of {code} sum to {worth['']} cents, not {said['value']}.")
    for law in pairs.laws:
        total = str(duty[law, ""])
        need(total == said["duty"][law], f"The duties of {code} {law} sum to {total}, not {said['duty'][law]}.")
    need(len({place(cell) for cell in said["cells"]}) == len(said["cells"]), f"A cell of {code} is claimed twice.")
    for cell in said["cells"]:
        partner, law = cell["partner"], cell["point"]
        need((law, partner) in duty, f"The cell {named(cell)} is of a law or partner that {code} does not have.")
        need(law.split()[0] == cell["column"], f"The cell {named(cell)} stands in another column than its law.")
        exact, shown = Fraction(duty[law, partner], worth[partner] * RATE), Decimal(cell["value"])
        half = Fraction(51, 100) * Fraction(10) ** int(shown.as_tuple().exponent)
        need(
            abs(exact - Fraction(shown)) <= half, f"The cell {named(cell)} says {shown}; the pairs give {float(exact)}."
        )


def place(cell: dict) -> tuple[str, int, str]:
    """Where a cell stands."""
    return cell["table"], cell["row"], cell["column"]


def named(cell: dict) -> str:
    """A cell in words."""
    return f"{cell['column']} in row {cell['row']} of table {cell['table']}"


# --- law --------------------------------------------------------------------------------------------------------------


def check_law(code: str, law: str, told: dict, rates: dict[tuple[str, str], int]) -> None:
    """Acts, rules and rungs on the pairs that the key draws."""
    cells: dict[tuple[str, str], list[dict]] = {}
    known = {cell["partner"] for cell in told["cells"]}
    need(set(told["as"]) <= known, f"{code} {law}: somebody stands in for a partner of no cell.")
    for cell in told["cells"]:
        # A union of countries is treated as that member for which its acts are told.
        cell["as"] = told["as"].get(cell["partner"], cell["partner"])
        cells.setdefault((cell["line"], cell["partner"]), []).append(cell)
    need(set(cells) == set(rates), f"{code} {law}: the rungs are not of the pairs that the key draws.")
    for name, several in told["acts"].items():
        for act in several:
            need(
                act["start"] <= told["day"] <= act["end"], f"{code} {law}: act {name} is not in force on {told['day']}."
            )
    for rule in told["rules"]:
        need(rule["start"] <= told["day"] <= rule["end"], f"{code} {law}: rule {rule['rule']} does not hold that day.")
    used: set = set()
    for pair, several in cells.items():
        where = f"{code} {law}, {pair[0]} from {pair[1]}"
        shares = [cell["share"] for cell in several]
        need(abs(sum(shares) - 1.0) <= NEAR and len({cell["claims"] for cell in several}) == len(several),
             f"{where}: the parts with and without a claim do not make the whole.")  # fmt: skip
        total = sum(cell["share"] * check_cell(where, told, cell, used) for cell in several)
        need(
            abs(total - rates[pair] / RATE) <= NEAR, f"{where}: the rungs give {total}, the pairs {rates[pair] / RATE}."
        )
    for name, several in told["acts"].items():
        for act in several:
            wanted = {(name, act["start"], "partner", partner) for partner in act["rates"]}
            wanted |= {(name, act["start"], "goods", prefix) for goods in act["goods"] for prefix in goods["prefixes"]}
            need(bool(wanted) and wanted <= used, f"{code} {law}: act {name} names goods or partners of no rung.")
    for rule in told["rules"]:
        need(
            (rule["rule"], rule["by"], rule["of"]) in used, f"{code} {law}: rule {rule['rule']} displaces nothing here."
        )


def applying(act: dict, cell: dict, atom: dict, name: str, used: set) -> bool:
    """Whether an act names the goods and partner of an atom; marks by what."""
    if cell["as"] not in act["rates"]:
        return False
    hits = []
    for goods in act["goods"]:
        met = all(atom["states"].get(aspect, 0) in numbers for aspect, numbers in goods["states"].items())
        if met and goods["claims"][cell["claims"]] and not any(map(cell["line"].startswith, goods["excepted"])):
            hits += [prefix for prefix in goods["prefixes"] if cell["line"].startswith(prefix)]
    if hits:
        used |= {(name, act["start"], "goods", prefix) for prefix in hits}
        used.add((name, act["start"], "partner", cell["as"]))
    return bool(hits)


def owing(told: dict, cell: dict, applied: dict[str, dict], used: set) -> tuple[dict[str, list[dict]], set[str]]:
    """What displaces each act that applies to an atom, and which acts owe something there."""
    cuts: dict[str, list[dict]] = {}
    owes: dict[str, bool] = {}

    def owed(name: str, above: tuple[str, ...]) -> bool:
        need(name not in above, f"Acts displace one another in a circle: {' > '.join((*above, name))}.")
        if name not in owes:
            act = applied[name]
            rate = act["rates"][cell["as"]]
            cuts[name] = []
            for rule in told["rules"]:
                mine = rule["of"] == name and rule["by"] in applied and rule["by"] != name
                if mine and (rule["partners"] is None or cell["as"] in rule["partners"]):
                    stands = owed(rule["by"], (*above, name))
                    if (stands or rule["when"] == "applies") and rule["by"] not in [cut["by"] for cut in cuts[name]]:
                        cuts[name].append(rule)
                        used.add((rule["rule"], rule["by"], name))
            owes[name] = not cuts[name] and (cell["base"] < rate if act["floor"] else rate != 0.0)
        return owes[name]

    return cuts, {name for name in applied if owed(name, ())}


def check_cell(where: str, told: dict, cell: dict, used: set) -> float:
    """The duty on a part of a pair, from its acts; refuses rungs that say otherwise."""
    need(abs(sum(atom["weight"] for atom in cell["atoms"]) - 1.0) <= NEAR, f"{where}: the parts do not sum to one.")
    total, rungs = cell["base"], {}
    for atom in cell["atoms"]:
        applied = {
            name: act for name, several in told["acts"].items() for act in several
            if applying(act, cell, atom, name, used)
        }  # fmt: skip
        need(
            sorted(applied) == atom["acts"], f"{where}: other acts apply than those named ({', '.join(atom['acts'])})."
        )
        cuts, owes = owing(told, cell, applied, used)
        for name, act in applied.items():
            rate = act["rates"][cell["as"]]
            if act["kind"] == "duty" and name in owes:
                total += atom["weight"] * (rate - cell["base"] if act["floor"] else rate)
            if act["kind"] in ("duty", "ban"):
                full = max(0.0, rate - cell["base"]) if act["floor"] else rate
                mine = rungs.setdefault(name, {"act": name, "start": act["start"], "end": act["end"], "rate": full,
                                               "share": 0.0, "displaced": {}})  # fmt: skip
                mine["share"] += 0.0 if cuts[name] else atom["weight"]
                for rule in cuts[name]:
                    by = {key: rule[key] for key in ("rule", "by", "when", "start", "end")}
                    kept = mine["displaced"].setdefault(rule["by"], {**by, "share": 0.0})
                    kept["share"] += atom["weight"]
    need(len(rungs) == len(cell["rungs"]), f"{where}: {len(rungs)} acts apply where {len(cell['rungs'])} rungs stand.")
    for rung in cell["rungs"]:
        need(rung["act"] in rungs, f"{where}: no act {rung['act']} applies.")
        own = rungs[rung["act"]]
        for name in ("start", "end"):
            need(rung[name] == own[name], f"{where}: the {name} of {rung['act']} is {own[name]}, not {rung[name]}.")
        for name in ("rate", "share"):
            need(abs(rung[name] - own[name]) <= NEAR,
                 f"{where}: the {name} of {rung['act']} is {own[name]}, not {rung[name]}.")  # fmt: skip
        said = {cut["by"]: cut for cut in rung["displaced"]}
        same = sorted(said) == sorted(own["displaced"]) and len(said) == len(rung["displaced"]) and all(
            cut["share"] and abs(cut["share"] - own["displaced"][by]["share"]) <= NEAR
            and {**cut, "share": 0} == {**own["displaced"][by], "share": 0} for by, cut in said.items()
        )  # fmt: skip
        need(same, f"{where}: what displaces {rung['act']} is not what the rules say.")
    need(abs(total - cell["total"]) <= NEAR, f"{where}: the rungs add up to {total}, not {cell['total']}.")
    return total


# --- world economy ----------------------------------------------------------------------------------------------------

#: Largest gap of a market or a budget, as a share of it; of the market of the largest country, which follows from all
#: others; and of what follows from them for a number of the tables.
CLEARED, LAST, FOLLOWS = Decimal("2e-10"), Decimal("1e-7"), Decimal("1e-8")

#: A matrix [country][sector], and what an importer buys of a sector: exporter, value with the old duty, old duty.
Matrix = list[list[Decimal]]
Bought = list[tuple[int, Decimal, Decimal]]


@dataclass(frozen=True)
class World:
    """Accounts of the year before any change.

    Attributes
    ----------
    data : as they stand in the archive. bought : by importer and sector. spending, output : [country][sector].
    income, spent, deficit : by country, what is spent on final goods. kept : share of wages in the cost of each sector,
        [country][sector].
    """

    data: dict
    bought: list[list[Bought]]
    spending: Matrix
    output: Matrix
    income: list[Decimal]
    spent: list[Decimal]
    deficit: list[Decimal]
    kept: Matrix


@lru_cache(maxsize=2)
def world_of(text: bytes) -> World:
    """The accounts, summed."""
    data = json.loads(text, parse_float=Decimal)
    n, s = range(len(data["countries"])), range(len(data["sectors"]))
    flows, old = data["flows"], data["old"]
    bought = [[[(i, flows[c][i][k] * (1 + old[c][i][k]), old[c][i][k]) for i in n if flows[c][i][k]] for k in s]
              for c in n]  # fmt: skip
    spending = [[sum((worth for _, worth, _ in bought[c][k]), Decimal(0)) for k in s] for c in n]
    output = [[sum((flows[c][i][k] for c in n), Decimal(0)) for k in s] for i in n]
    kept = [[1 - sum(data["inputs"][c][i][k] for i in s) for k in s] for c in n]
    income = [sum(map(Decimal.__mul__, kept[c], output[c])) for c in n]
    imports = [sum(flows[c][i][k] for i in n for k in s) for c in n]
    deficit = [imports[c] - sum(output[c]) for c in n]
    spent = [income[c] + sum(spending[c]) - imports[c] + deficit[c] for c in n]
    return World(data, bought, spending, output, income, spent, deficit, kept)


@dataclass(frozen=True)
class Solved:
    """What a country has under a law, against the year before any change, by country; `trade` [importer][exporter]."""

    real_income: list[Decimal]
    real_wage: list[Decimal]
    exports_to_gdp: list[Decimal]
    imports_to_gdp: list[Decimal]
    duty_collected: list[Decimal]
    trade: Matrix


def solved_of(text: bytes, closure: str, point: str, unknowns: dict) -> Solved:
    """Whether wages, prices and spending solve the world under a law, and what follows from them."""
    world = world_of(text)
    data, n, s = world.data, range(len(world.income)), range(len(world.data["sectors"]))
    x, p, z = (unknowns[name] for name in ("wages", "prices", "spending"))
    need(len(x) == len(p) == len(z) == len(n) and all(len(row) == len(s) for row in (*p, *z)),
         f"The solution {point} is not of the countries and sectors of the world.")  # fmt: skip
    tariff, costs = data["new"].get(point, data["old"]), data["costs"].get(point)
    cost = [[world.kept[c][k] * x[c] + sum(data["inputs"][c][i][k] * p[c][i] for i in s) for k in s] for c in n]
    sold, trade = [[Decimal(0)] * len(s) for _ in n], [[Decimal(0)] * len(n) for _ in n]
    spending, duty = [[Decimal(0)] * len(s) for _ in n], [Decimal(0)] * len(n)
    for k in s:
        theta = data["theta"][k]
        pull = [(-theta * cost[i][k]).exp() for i in n]
        for c in n:
            where = f"{point}, {data['sectors'][k]} in {data['countries'][c]}"
            if not world.spending[c][k]:
                alone = abs(p[c][k] - cost[c][k]) <= CLEARED and not z[c][k]
                need(alone, f"{where}: nobody buys it, and it has another price than its cost.")
                continue
            paid = []
            for i, worth, before in world.bought[c][k]:
                rate, dearer = tariff[c][i][k], costs[c][i][k] if costs else 1
                ratio = (1 + rate) / (1 + before) * dearer
                paid.append((i, rate, worth * pull[i] * (1 if ratio == 1 else (-theta * ratio.ln()).exp())))
            whole, old = sum(worth for _, _, worth in paid), world.spending[c][k]
            need(abs(p[c][k] + (whole / old).ln() / theta) <= CLEARED, f"{where}: the price is not what suppliers ask.")
            spending[c][k] = old * z[c][k].exp()
            scale = spending[c][k] / old * (theta * p[c][k]).exp()
            for i, rate, worth in paid:
                flow = worth * scale / (1 + rate)
                sold[i][k] += flow
                trade[c][i] += flow
                duty[c] += flow * rate
    wages = [world.income[c] * x[c].exp() for c in n]
    deficit = deficits(world, closure, wages)
    spent = list(map(sum, zip(wages, duty, deficit, strict=True)))
    largest = max(n, key=world.income.__getitem__)
    same = abs(sum(wages) / sum(world.income) - 1) <= CLEARED
    need(same, f"{point}: the income of the world is not what wages are told in.")
    for c in n:
        earned = sum(map(Decimal.__mul__, world.kept[c], sold[c]))
        need(abs(wages[c] - earned) <= (LAST if c == largest else CLEARED) * world.income[c],
             f"{point}: work in {data['countries'][c]} is paid {wages[c]:.6g} and earns {earned:.6g}.")  # fmt: skip
        for i in (i for i in s if world.spending[c][i]):
            used = sum(map(Decimal.__mul__, data["inputs"][c][i], sold[c])) + data["final"][c][i] * spent[c]
            where = f"{point}, {data['sectors'][i]} in {data['countries'][c]}"
            cleared = abs(spending[c][i] - used) <= CLEARED * world.spending[c][i]
            need(cleared, f"{where}: {spending[c][i]:.6g} is spent and {used:.6g} is used.")
    level = [sum(map(Decimal.__mul__, data["final"][c], p[c])).exp() for c in n]
    own = [sum(data["flows"][c][c]) for c in n]
    out = [(sum(sold[c]) - trade[c][c], sum(world.output[c]) - own[c]) for c in n]
    grown = [wage / income for wage, income in zip(wages, world.income, strict=True)]
    return Solved(
        [spent[c] / world.spent[c] / level[c] for c in n],
        [x[c].exp() / level[c] for c in n],
        [new / old / grown[c] for c, (new, old) in enumerate(out)],
        [(new + deficit[c]) / (old + world.deficit[c]) / grown[c] for c, (new, old) in enumerate(out)],
        duty,
        trade,
    )


def deficits(world: World, closure: str, wages: list[Decimal]) -> list[Decimal]:
    """Trade deficits under a law by the closure of balances."""
    need(closure in ("fixed", "gdp", "none"), f"The closure {closure} of the world economy is unknown.")
    if closure == "fixed":
        return world.deficit
    if closure == "none":
        return [Decimal(0)] * len(wages)
    owed = [d / v * w for d, v, w in zip(world.deficit, world.income, wages, strict=True)]
    rate = sum(owed) / sum(wages)
    return [o - w * rate for o, w in zip(owed, wages, strict=True)]


@lru_cache(maxsize=2)
def check_world(told: bytes, text: bytes) -> tuple[str, list[dict]]:
    """The solutions, and the cells that they come to."""
    about = json.loads(told, parse_float=Decimal)
    need(hashlib.sha256(text).hexdigest() == about["data"], "The accounts of the world are not those that were solved.")
    with localcontext() as context:
        context.prec = 50
        solved = {name: solved_of(text, about["closure"], name, each) for name, each in about["solved"].items()}
        world = world_of(text)
        need(set(world.data["new"]) | set(world.data["costs"]) <= set(solved), "A law of the world has no solution.")
        codes = {code: at for at, code in enumerate(world.data["countries"])}
        used = set()
        for cell in about["cells"]:
            before, after = (solved[cell[side]] for side in ("before", "after"))
            c, measure = codes[cell["country"]], cell["measure"]
            sides = cell["before"].split()[0], cell["after"].split()[0]
            need(
                sides == ("before", "after"), f"The cell {named(cell)} compares {cell['before']} with {cell['after']}."
            )
            used |= {cell["before"], cell["after"]}
            mutual = measure == "imports_from"
            need(
                bool(cell["partner"]) == mutual,
                f"The cell {named(cell)} has a partner where it needs none, or lacks one.",
            )
            if mutual:
                exact = after.trade[c][codes[cell["partner"]]] / before.trade[c][codes[cell["partner"]]] - 1
            else:
                exact = getattr(after, measure)[c] / getattr(before, measure)[c] - 1
            shown = Decimal(cell["value"])
            half = Decimal("0.51").scaleb(shown.as_tuple().exponent) + FOLLOWS
            need(abs(exact - shown) <= half, f"The cell {named(cell)} says {shown}; the world gives {exact:.12f}.")
        need(used == set(solved), "A solution of the world is of no cell of a table.")
    words = (f"World economy: wages, prices and spending of {len(codes)} countries clear every market under "
             f"{len(solved)} laws; {len(about['cells'])} cells follow from them.")  # fmt: skip
    return words, about["cells"]


# --- brief ------------------------------------------------------------------------------------------------------------


def check_brief(rows: list[dict]) -> None:
    """Each number of the brief against its cell."""
    for row in rows:
        plain = re.sub(r"[$,%]|bn$", "", row["number"].replace("−", "-"))
        need(re.fullmatch(r"[-+]?\d+(\.\d+)?", plain) is not None, f"'{row['number']}' in the brief is no number.")
        need(row["unit"] in SCALES, f"The number {row['number']} of the brief has an unknown unit.")
        cell = Decimal(row["value"]) * SCALES[row["unit"]]
        half = Decimal("0.5000001") * Decimal(1).scaleb(-len(plain.partition(".")[2]))
        gap = cell - Decimal(plain) if plain[0] in "+-" else abs(cell) - Decimal(plain)
        need(abs(gap) <= half, f"The brief says {row['number']}; the cell {named(row)} is {row['value']}.")


def check_cells(tables: dict, named_cells: list[dict]) -> None:
    """Cells that averages and brief name are those of the tables, and no other stands there."""
    held = {(table, int(row), column): value for table, rows in tables.items() for row, cells in rows.items()
            for column, value in cells.items()}  # fmt: skip
    for cell in named_cells:
        need(place(cell) in held, f"The tables have no cell {named(cell)}.")
        known = held[place(cell)]
        need(known == cell["value"], f"The cell {named(cell)} is {known} in the tables and {cell['value']} elsewhere.")
    lone = sorted(held.keys() - set(map(place, named_cells)))
    need(not lone, f"Nothing names the cell {lone and lone[0]} of the tables.")


SCALES = {"%": Decimal(100), "bn": Decimal("1e-9"), "": Decimal(1)}


def check(members: dict[str, bytes]) -> list[str]:
    """What was checked, in sentences; raises `Wrong` on the first thing that is wrong."""
    need("proof.json" in members, "The archive is no proof: it has no member proof.json.")
    listed = json.loads(members["proof.json"])["members"]
    for name in sorted({*listed, *members}):
        need(name in members, f"The member {name} is missing from the archive.")
        need(name in listed, f"The archive has a member {name} that proof.json does not list.")
    content = {
        name: json.loads(text) for name, text in members.items() if name.endswith(".json") and name[:5] != "world"
    }
    about, averages, law = (content[name] for name in ("proof.json", "averages.json", "law.json"))
    done, cells = [], []
    tables = {name[6:-4] for name in members if name.startswith("pairs_")}
    need(tables == set(averages) == set(law) and bool(tables), "Pairs, averages and law are not of the same importers.")
    for code in sorted(tables):
        text = members[f"pairs_{code}.csv"]
        pairs = pairs_of(text, code)
        check_averages(code, pairs, averages[code])
        cells += averages[code]["cells"]
        need(sorted(law[code]) == sorted(pairs.laws), f"The law of {code} is told for other days than its averages.")
        for at, name in enumerate(pairs.laws):
            rates = {pair: pairs.rates[pair][at] for pair in drawn(about["key"], text, code)}
            check_law(code, name, law[code][name], rates)
        rungs = sum(len(told["cells"]) for told in law[code].values())
        done.append(
            f"{code}: {len(pairs.rates)} pairs summed exactly under {len(pairs.laws)} laws, the rungs of {rungs} cells."
        )
    if "world.json" in members:
        words, more = check_world(members["world.json"], members["world_data.json"])
        done.append(words)
        cells += more
    count = len(content["brief.json"])
    need(count == about["numbers"], f"{count} numbers of the brief stand there, and {about['numbers']} are claimed.")
    check_brief(content["brief.json"])
    check_cells(content["tables.json"], [*cells, *content["brief.json"]])
    done.append(f"The brief: {count} numbers are cells of tables.")
    return [*done, *(f"Trusted: {text}." for text in TRUSTED), *(f"Not proved here: {x}." for x in about["not_proved"])]


def main(paths: list[str]) -> int:
    """Check an archive; 0 if it holds."""
    if len(paths) != 1:
        print("Give one archive: python tools/verify.py proof.zip", file=sys.stderr)
        return 1
    try:
        print("\n".join(check(opened(paths[0]))))
    except Wrong as wrong:
        print(wrong, file=sys.stderr)
        return 1
    except FAULTS as fault:
        print(f"A member of {paths[0]} is not written as proofs are: {type(fault).__name__} {fault}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
