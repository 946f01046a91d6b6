"""What plants outside the restrictor make: feed, capacity and yields, stage by stage (step 6).

A producer's output in the base year needs feed, part of it from the restrictor. Output of a grade is the least of
capacity and of what each element of its recipe allows. Output that starts after month 0 goes into a pool at its
stage and is shared in proportion to claims: feed that producers lack, plants one stage on, users that buy there.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from detente.chains.chain import SupplyChain
from detente.chains.rows import EVERY, Feed, Floats, Grade, Plant, Whole
from detente.codes import InputError


@dataclass(frozen=True)
class FeedRows:
    """Feed of producing countries in the base year; a row is a country and an element.

    Attributes
    ----------
    country, element : positions, shape (row,); `stage` where the feed is bought.
    bought : kg of element a year, shape (row,).
    outside : share not from the restrictor, shape (row,); `cover` median stock, months, shape (row,).
    per_kg : kg of element bought per kg of grade made, shape (row, grade); 0 where the grade does not need it.
    output : base output, kg a year, shape (place, grade).
    """

    country: Whole
    element: Whole
    stage: tuple[str, ...]
    bought: Floats
    outside: Floats
    cover: Floats
    per_kg: Floats
    output: Floats

    @property
    def keys(self) -> tuple[tuple[int, int], ...]:
        """(country, element) positions of each row."""
        return tuple(zip(self.country.tolist(), self.element.tolist(), strict=True))


def feed_rows(chain: SupplyChain) -> FeedRows:
    """Feed that the base output of producers outside the restrictor needs, recipe times output over yields.

    Raises
    ------
    InputError : feed that is bought at a stage which does not lead to the product.
    """
    layout = chain.layout
    output = np.einsum("igj,ig->jg", layout.third, layout.need)
    rows: dict[tuple[int, int], tuple[Feed, Floats]] = {}
    for j, g in np.argwhere(output > 0.0).tolist():
        grade = chain.grades[g]
        for element in grade.recipe:
            e = chain.elements.index(element)
            feed = _feed_of(chain, layout.places[j], element)
            per_kg = rows.setdefault((j, e), (feed, np.zeros(len(chain.grades))))[1]
            per_kg[g] = grade.recipe[element] / _yield(chain, feed, grade)
    keys = list(rows)
    per_kg = np.array([rows[key][1] for key in keys]).reshape(len(keys), len(chain.grades))
    country = np.array([key[0] for key in keys], dtype=np.int64)
    return FeedRows(
        country,
        np.array([key[1] for key in keys], dtype=np.int64),
        tuple(rows[key][0].stage for key in keys),
        (per_kg * output[country]).sum(axis=1),
        np.array([chain.value(rows[key][0].outside) for key in keys], dtype=np.float64),
        np.array([chain.value(rows[key][0].cover) for key in keys], dtype=np.float64),
        per_kg,
        output,
    )


def _feed_of(chain: SupplyChain, country: str, element: str) -> Feed:
    feeds = {feed.country: feed for feed in chain.feeds if feed.element == element}
    return feeds.get(country) or feeds[EVERY]


def _yield(chain: SupplyChain, feed: Feed, grade: Grade) -> float:
    value = chain.path_yield(feed.element, feed.stage, grade.stage)
    if value <= 0.0:
        where = f"chain {chain.name}, feed of {feed.country} ({feed.element})"
        what = f"stage {feed.stage} does not lead to {grade.stage}, where {grade.name} is made"
        raise InputError(where, what, "name a stage that feeds it")
    return value


@dataclass(frozen=True)
class Output:
    """What producers make.

    Attributes
    ----------
    made : kg a year, shape (place, grade, step); at most the base output.
    extra : beyond the base output, from capacity that other grades of the family leave idle, same shape.
    left : feed that is not worked up, kg a year, shape (row, step).
    used : feed worked up, kg a year, shape (row, step).
    """

    made: Floats = field(repr=False)
    extra: Floats = field(repr=False)
    left: Floats = field(repr=False)
    used: Floats = field(repr=False)


def produce(
    chain: SupplyChain, rows: FeedRows, available: Floats, content: Floats, *, redirect: bool = False
) -> Output:
    """Output from the feed at hand.

    Each grade has its part of every feed as in the base year, so that the share of feed from outside is what is left
    of it under a full stop. With `redirect` heavy-bearing grades take all they can use, and light feed and capacity
    that they leave idle make the other grades of the family.

    Parameters
    ----------
    available : kg of element a year, shape (row, step).
    content : recipe over that of the base year, shape (element, step).
    """
    need = content[rows.element]
    if redirect:
        return _redirected(chain, rows, available, need)
    wanted = rows.bought[:, None] * need
    share = np.minimum(np.divide(available, wanted, out=np.ones_like(available), where=wanted > 0.0), 1.0)
    made = np.repeat(rows.output[:, :, None], available.shape[1], axis=2)
    least = np.ones_like(made)
    for r, (j, _) in enumerate(rows.keys):
        needs = rows.per_kg[r] > 0.0
        least[j, needs] = np.minimum(least[j, needs], share[r])
    made *= least
    used = _used(rows, made, need)
    return Output(made, np.zeros_like(made), available - used, used)


def _used(rows: FeedRows, made: Floats, need: Floats) -> Floats:
    """Feed in what was made, kg a year, shape (row, step)."""
    return np.einsum("rg,rgt->rt", rows.per_kg, made[rows.country]) * need


def _redirected(chain: SupplyChain, rows: FeedRows, available: Floats, need: Floats) -> Output:
    left, steps = np.array(available), available.shape[1]
    made = np.zeros((*rows.output.shape, steps))
    extra = np.zeros_like(made)
    order = premium_first(chain)
    for j in np.unique(rows.country).tolist():
        mine, base = np.flatnonzero(rows.country == j), rows.output[j]
        for g in order:
            if base[g] > 0.0:
                made[j, g] = _make(np.full(steps, base[g]), left, rows, mine, g, need)
        for g in order:
            if base[g] > 0.0:
                extra[j, g] = _make(_room(chain, g, base, made[j] + extra[j]), left, rows, mine, g, need)
    return Output(made, extra, left, _used(rows, made + extra, need))


def premium_first(chain: SupplyChain) -> list[int]:
    """Grades in the order in which plants make them: those with more elements first."""
    return sorted(range(len(chain.grades)), key=lambda g: -len(chain.grades[g].recipe))


def _make(most: Floats, left: Floats, rows: FeedRows, mine: Whole, g: int, need: Floats) -> Floats:
    """Output of one grade, at most `most`; takes its feed out of `left`."""
    made = np.array(most)
    wanted = [r for r in mine.tolist() if rows.per_kg[r, g] > 0.0]
    per_kg = {r: rows.per_kg[r, g] * need[r] for r in wanted}
    for r in wanted:
        made = np.minimum(made, np.divide(left[r], per_kg[r], out=np.array(made), where=per_kg[r] > 0.0))
    for r in wanted:
        left[r] = np.maximum(left[r] - made * per_kg[r], 0.0)
    return made


def _room(chain: SupplyChain, g: int, base: Floats, made: Floats) -> Floats:
    """Capacity of a family that its output leaves, kg a year, shape (step,)."""
    family = [h for h in range(base.size) if family_of(chain.grades[h]) == family_of(chain.grades[g])]
    return np.maximum(base[family].sum() - made[family].sum(axis=0), 0.0)


def family_of(grade: Grade) -> str:
    """Name of the family of a grade."""
    return grade.family or grade.name


@dataclass
class NewOutput:
    """New output by stage and element and who it goes to, all kg a year by step.

    Attributes
    ----------
    feed : to producers that lack feed, shape (row, step).
    direct : to users that buy at the stage, in product, shape (place, grade, step).
    plants : feed of plants that make products: by plant and element, shape (step,).
    source, granted : of each stage and element, shape (step,): made, and given to claims.
    """

    feed: Floats
    direct: Floats
    plants: dict[tuple[int, str], Floats] = field(default_factory=dict)
    source: dict[tuple[str, str], Floats] = field(default_factory=dict)
    granted: dict[tuple[str, str], Floats] = field(default_factory=dict)


@dataclass(frozen=True)
class Lacking:
    """What the pool is shared by.

    Attributes
    ----------
    feed : feed that producers lack, kg a year, shape (row, step).
    grades : product that users lack, kg a year, shape (place, grade, step).
    content : recipe over that of the base year, shape (element, step).
    months : middles of the steps, shape (step,).
    """

    feed: Floats
    grades: Floats
    content: Floats
    months: Floats


Claim = tuple[str, object, Floats]


def share_pool(chain: SupplyChain, rows: FeedRows, lacking: Lacking) -> NewOutput:
    """Share new output among claims, stage by stage from the first on."""
    pool = NewOutput(np.zeros_like(lacking.feed), np.zeros_like(lacking.grades))
    if not chain.plants:
        return pool
    to_plants: dict[tuple[int, str], Floats] = {}
    for stage in chain.stage_order:
        share: dict[str, Floats] = {}
        for element in chain.elements:
            source = _source(chain, stage, element, to_plants, lacking.months)
            if source.any():
                claims = _claims(chain, rows, lacking, stage, element)
                share[element] = _granted(pool, stage, element, source, claims, to_plants)
        _to_users(chain, pool, lacking, stage, share)
    made = {grade.name for grade in chain.grades} | {family_of(grade) for grade in chain.grades}
    pool.plants = {key: kg for key, kg in to_plants.items() if chain.plants[key[0]].item in made}
    return pool


def _source(
    chain: SupplyChain, stage: str, element: str, to_plants: dict[tuple[int, str], Floats], months: Floats
) -> Floats:
    """New output of an element at a stage: capacity, or yield times the feed that was granted."""
    total = np.zeros(months.size)
    factor = next(s for s in chain.stages if s.name == stage).yield_of(element)
    for n, plant in enumerate(chain.plants):
        if plant.stage == stage and plant.item == element:
            most = plant.rise(months)
            fed = most if plant.has(element) else factor * to_plants.get((n, element), np.zeros(months.size))
            total += np.minimum(most, fed)
    return total


def _claims(chain: SupplyChain, rows: FeedRows, lacking: Lacking, stage: str, element: str) -> list[Claim]:
    e = chain.elements.index(element)
    claims: list[Claim] = [
        ("feed", r, lacking.feed[r]) for r, name in enumerate(rows.stage) if name == stage and rows.element[r] == e
    ]
    for n, plant in enumerate(chain.plants):
        made = next(s for s in chain.stages if s.name == plant.stage)
        if stage in made.feeds and not plant.has(element):
            claims.append(("plant", (n, element), _asked(chain, plant, element, lacking) / made.yield_of(element)))
    for g, grade in enumerate(chain.grades):
        if grade.stage == stage and element in grade.recipe:
            wanted = lacking.grades[:, g].sum(axis=0) * grade.recipe[element] * lacking.content[e]
            claims.append(("users", g, wanted))
    return claims


def _asked(chain: SupplyChain, plant: Plant, element: str, lacking: Lacking) -> Floats:
    """Content of an element that a plant needs in its output, kg a year, shape (step,)."""
    if plant.item == element:
        return plant.rise(lacking.months)
    own = [g for g, grade in enumerate(chain.grades) if plant.item in (grade.name, family_of(grade))]
    served = serves(chain, plant)
    wanted = lacking.grades[np.ix_(served, own)].sum(axis=0)
    total = wanted.sum(axis=0)
    made = np.minimum(plant.rise(lacking.months), total)
    mix = np.divide(wanted, total, out=np.zeros_like(wanted), where=total > 0.0)
    recipe = np.array([chain.grades[g].recipe.get(element, 0.0) for g in own])
    return made * (recipe @ mix) * lacking.content[chain.elements.index(element)]


def serves(chain: SupplyChain, plant: Plant) -> list[int]:
    """Positions of the countries a plant supplies."""
    places = chain.layout.places
    target = plant.serves or plant.country
    return list(range(len(places))) if target == EVERY else [places.index(target)]


def _granted(
    pool: NewOutput,
    stage: str,
    element: str,
    source: Floats,
    claims: list[Claim],
    to_plants: dict[tuple[int, str], Floats],
) -> Floats:
    """Give every claim the same share of what it asks; returns the share, shape (step,)."""
    total = np.sum([claim for _, _, claim in claims], axis=0) if claims else np.zeros(source.size)
    share = np.minimum(1.0, np.divide(source, total, out=np.zeros_like(source), where=total > 0.0))
    for kind, key, claim in claims:
        if kind == "feed":
            pool.feed[key] = share * claim  # type: ignore[index]
        elif kind == "plant":
            to_plants[key] = share * claim  # type: ignore[index]
    pool.source[stage, element] = source
    pool.granted[stage, element] = share * total
    return share


def _to_users(chain: SupplyChain, pool: NewOutput, lacking: Lacking, stage: str, share: dict[str, Floats]) -> None:
    """Product for users that buy at a stage: as much as the scarcest of its elements allows."""
    for g, grade in enumerate(chain.grades):
        if grade.stage == stage and share.keys() >= grade.recipe.keys():
            least = np.min([share[element] for element in grade.recipe], axis=0)
            pool.direct[:, g] = lacking.grades[:, g] * least


def new_products(
    chain: SupplyChain, pool: NewOutput, extra: Floats, missing: Floats, content: Floats, months: Floats
) -> Floats:
    """Product that new plants and idle capacity bring to users, at most what they lack.

    Parameters
    ----------
    extra : from idle capacity of producers, kg a year, shape (place, grade, step); it serves their own country.
    missing : what users lack, same shape. content : recipe over the base, shape (element, step).

    Returns
    -------
    Kg a year, shape (place, grade, step).
    """
    given = np.minimum(pool.direct, missing)
    given += np.minimum(extra, missing - given)
    for n, plant in enumerate(chain.plants):
        room = plant.rise(months)
        feed = {element: kg for (number, element), kg in pool.plants.items() if number == n}
        served = serves(chain, plant)
        for g in premium_first(chain):
            if (
                plant.item in (chain.grades[g].name, family_of(chain.grades[g]))
                and plant.stage == chain.grades[g].stage
            ):
                lacks = (missing - given)[served, g]
                made = _from_plant(chain, plant, g, np.minimum(room, lacks.sum(axis=0)), feed, content)
                total = lacks.sum(axis=0)
                given[served, g] += lacks * np.divide(made, total, out=np.zeros_like(made), where=total > 0.0)
                room = room - made
    return given


def _from_plant(
    chain: SupplyChain, plant: Plant, g: int, most: Floats, feed: dict[str, Floats], content: Floats
) -> Floats:
    """Output of a grade by one plant; takes what it uses out of its bought feed."""
    made, grade = np.array(most), chain.grades[g]
    factor = next(s for s in chain.stages if s.name == plant.stage)
    per_kg = {
        element: share / factor.yield_of(element) * content[chain.elements.index(element)]
        for element, share in grade.recipe.items()
        if not plant.has(element)
    }
    for element, kg in per_kg.items():
        bought = feed.get(element, np.zeros_like(made))
        made = np.minimum(made, np.divide(bought, kg, out=np.array(made), where=kg > 0.0))
    for element, kg in per_kg.items():
        if element in feed:
            feed[element] = np.maximum(feed[element] - made * kg, 0.0)
    return made
