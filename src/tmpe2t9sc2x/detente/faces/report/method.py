"""How the numbers are made, in the order in which they are."""

METHOD: tuple[tuple[str, str], ...] = (
    (
        "The law of the day",
        "Every act in force on a date, with its goods, partners, rates and what it takes the place of, is compiled "
        "into the duty of every tariff line from every country. A scenario adds, lifts or changes acts, and no more.",
    ),
    (
        "Average duties",
        "Duties are weighed by imports of 2024 unless the scenario names others. Three averages are kept apart: what "
        "the law asks for at fixed weights, the same once buyers have answered, and the duty that customs took in.",
    ),
    (
        "The world economy",
        "Both laws, averaged by trade into sectors and countries, are solved in a model of trade with inputs (Caliendo "
        "and Parro 2015) from the tariffs of 2024. Effects are what differs between the two solutions once wages, "
        "prices and trade have settled; that takes years. No result is printed of a solution that did not converge.",
    ),
    (
        "Ranges",
        "Shares of goods that customs codes do not show are drawn together with a fixed seed, and with draws asked for "
        "everything uncertain jointly; low and high are the 5th and 95th percentile, which fewer than 20 draws do not "
        "give. Without joint draws, effects on the economy are given over sets of trade elasticities.",
    ),
    (
        "Same in, same out",
        "The same scenario, data and version give the same numbers and the same key.",
    ),
)
"""Head and text of each step."""
