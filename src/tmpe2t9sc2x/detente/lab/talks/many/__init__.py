"""Talks of three or more: what each gets, who can block, what talks of two at a time would do, whether it holds."""
