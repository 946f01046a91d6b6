"""Claims: every statement of a ledger with its verdict."""
