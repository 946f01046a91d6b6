"""Rows of a chain file as plain records, and the checked file as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from detente.chains.rows import Range

STRICT = {"extra": "forbid"}
"""Configuration of a record for pydantic: a key that is no field is an error."""


@dataclass(frozen=True, slots=True)
class StageRow:
    """A stage of the chain: its name, the stages that feed it, and the yield of what it takes in (share)."""

    __pydantic_config__ = STRICT
    id: str
    after: tuple[str, ...] = ()
    yields: Range = field(default_factory=lambda: Range(1.0, 1.0, 1.0))
    lag_months: Range = field(default_factory=lambda: Range(0.0, 0.0, 0.0))
    title: str = ""


@dataclass(frozen=True, slots=True)
class Element:
    """An element: group, whether it is controlled, kg of metal in a kg of oxide, price of the oxide in USD/kg."""

    __pydantic_config__ = STRICT
    element: str
    name: str = ""
    group: str = ""
    controlled_2025_04: bool = False
    controlled_2025_10: bool = False
    metal_in_oxide: float | None = None
    quantity_low: float | None = None
    quantity_high: float | None = None
    price_2024: float | None = None
    price_2025: float | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class GradeRow:
    """What is sold at a stage: product, customs codes, price in USD/kg; `controlled` under the licence of April 2025.

    `code_shared_with` names grades that customs cannot tell apart; `element` is set where a grade is one element.
    """

    __pydantic_config__ = STRICT
    id: str
    product: str
    stage: str
    controlled: bool
    hs: tuple[str, ...] = ()
    price: Range | None = None
    code_shared_with: tuple[str, ...] = ()
    element: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Recipe:
    """kg of an element (metal) in a kg of a grade."""

    __pydantic_config__ = STRICT
    grade: str
    element: str
    content: Range


@dataclass(frozen=True, slots=True)
class Producer:
    """Share of a country in the world's output of a material at a stage."""

    __pydantic_config__ = STRICT
    stage: str
    material: str
    country: str
    share: Range


@dataclass(frozen=True, slots=True)
class PlantRow:
    """Supply outside the restrictor: kg a year from a month on; `kind` is capacity, output, feed or idle."""

    __pydantic_config__ = STRICT
    plant: str
    stage: str
    material: str
    kind: str
    country: str
    start: str
    ramp_months: int
    capacity: float
    source: str = ""
    basis: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Application:
    """Share of an application in the world's use of a product, and of its heavy-bearing grade within it."""

    __pydantic_config__ = STRICT
    product: str
    application: str
    share: float
    share_low: float
    share_high: float
    heavy: float
    heavy_low: float
    heavy_high: float
    sigma_class: str
    source: str = ""
    basis: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class UserRow:
    """Share of an industry in a product's use (within the application where there is one).

    `exposed` is the share of the industry that touches the material, where the file knows it.
    """

    __pydantic_config__ = STRICT
    product: str
    application: str
    scheme: str
    code: str
    share: float
    exposed: float | None
    sigma_class: str
    source: str = ""
    basis: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Blend:
    """Share of an element in the value of what an industry buys of a product that is sold one element a grade."""

    __pydantic_config__ = STRICT
    product: str
    scheme: str
    code: str
    element: str
    share: float
    source: str = ""
    basis: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Spending:
    """USD of the base year that a country spends on an item; `scope` is direct, requirement, home or world."""

    __pydantic_config__ = STRICT
    country: str
    item: str
    product: str
    scope: str
    central: float
    low: float
    high: float
    hs: str = ""
    from_restrictor: float | None = None
    source: str = ""
    basis: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class StockRow:
    """Cover of a holder (users, national, traders, defence) in months of use.

    `codes` are the industries it holds for, by the start of their code; none means every industry not named elsewhere.
    """

    __pydantic_config__ = STRICT
    holder: str
    months: Range
    country: str = ""
    material: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choke:
    """Extra cost, USD per kg of element, at which a use does without it."""

    __pydantic_config__ = STRICT
    element: str
    use: str
    central: float
    low: float
    high: float
    source: str = ""
    basis: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Defence:
    """Share of an industry's purchases that serve military end users."""

    __pydantic_config__ = STRICT
    scheme: str
    code: str
    share: Range


@dataclass(frozen=True, slots=True)
class LeverRow:
    """A remedy: what it changes, by how much, and after how many months it is in full effect."""

    __pydantic_config__ = STRICT
    id: str
    changes: str
    effect: Range
    lag_months: Range
    title: str = ""


@dataclass(frozen=True, slots=True)
class Exposed:
    """Share of an ICIO sector that touches the material."""

    __pydantic_config__ = STRICT
    sector: str
    share: float
    source: str = ""
    basis: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class ChainFile:
    """A checked chain file: figures as ranges, sections as records in the order of the file.

    Attributes
    ----------
    restrictor : ISO3 of the country whose licences are modelled.
    base_year : year of the spending, whose unit is USD.
    parameters : name -> range.
    licence : wait, approved_share, approved_share_defence, hold_up_share -> range.
    sources : short name -> citation.
    """

    name: str
    title: str
    path: str
    restrictor: str
    base_year: int
    notes: tuple[str, ...]
    stages: tuple[StageRow, ...]
    elements: tuple[Element, ...]
    grades: tuple[GradeRow, ...]
    recipes: tuple[Recipe, ...]
    producers: tuple[Producer, ...]
    plants: tuple[PlantRow, ...]
    applications: tuple[Application, ...]
    users: tuple[UserRow, ...]
    blends: tuple[Blend, ...]
    spending: tuple[Spending, ...]
    stocks: tuple[StockRow, ...]
    chokes: tuple[Choke, ...]
    defence: tuple[Defence, ...]
    levers: tuple[LeverRow, ...]
    exposed: tuple[Exposed, ...]
    parameters: Mapping[str, Range]
    licence: Mapping[str, Range]
    sources: Mapping[str, str]
