"""Law check."""

from __future__ import annotations

from detente.faces.ask import Answer, question

NOT_HELD = 6
"""Exit code where something was checked and does not hold."""


@question("Tariffs", "law check --of China", "law check --of India --table coverage", long=True)
def law_check(folder: str = "", *, of: str = "", lawbook: str = "") -> Answer:
    """Whether the law, or a folder of your own, gives the rates that its test cases expect.

    Without a country the cases of all are run. Of one country `coverage` and `sections` show what its schedule covers;
    of the United States `audit` and `findings` hold the newest schedule against the law. The command ends with exit
    code 6 where a case does not hold, or the schedule has what no act and no known gap explains.

    >>> import detente as dt
    >>> answer = dt.law_check(of="India")
    >>> all(answer["holds"])
    True

    Parameters
    ----------
    folder : of an importer of your own, as `detente law new` makes it.
    lawbook : its cases are run where it has some, the country's own under the changed law otherwise.
    """
    from detente.faces.words.language import load
    from detente.lab.averages.asked_law import checked

    say, (code, tables) = load(), checked(folder, of, lawbook)
    cases = tables[0]
    failed = [row for row in cases.rows() if not row["holds"]]
    whose = f"of {say.country(code)}" if code else f"of {len({*cases['importer']})} importers"
    head = f"All {len(cases)} cases {whose} hold."
    if failed:
        row = failed[0]
        rates = [say.percent(row[name]) if row[name] == row[name] else "a ban" for name in ("found", "expected")]
        head = (
            f"{len(failed)} of {len(cases)} cases {whose} do{'es' if len(failed) == 1 else ''} not hold, first "
            f"{row['case']}: {rates[0]} for {rates[1]}."
        )
    unnamed = sum(sum(table["unnamed"].tolist()) for table in tables if table.name == "audit")
    if unnamed:
        head += f" The newest schedule has {unnamed} findings that no known gap explains."
    return Answer.of(head, tables, code=NOT_HELD if failed or unnamed else 0)
