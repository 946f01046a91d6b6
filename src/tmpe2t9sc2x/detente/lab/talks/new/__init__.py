"""A case from the law: what two or more parties lay on one another on a day, as a case file to be edited."""
