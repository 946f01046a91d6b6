"""The register of questions: a module of this folder holds those of one subject and is loaded when one is asked."""

#: Names of the questions by the module that holds them.
MODULES: dict[str, tuple[str, ...]] = {
    "averages": ("average", "average history", "revenue"),
    "chains": ("chain acts", "chain levers", "chain run", "chain show"),
    "deals": ("brief", "deal", "deal offers"),
    "economy": (
        "economy concessions", "economy decompose", "economy decouple", "economy optimal", "economy path",
        "economy solve", "economy war",
    ),
    "goods": ("entries", "watch"),
    "law": ("find", "law changes", "law check", "law coverage", "law list", "law show", "rate history"),
    "prices": ("prices",),
    "program": ("assumptions", "data cite", "data list", "data show"),
    "rate": ("rate",),
    "record": ("check", "events", "reconcile", "score"),
    "run": ("run", "sweep"),
    "talks": ("talks advice", "talks new", "talks record"),
    "week": ("week",),
}  # fmt: skip
