"""The world economy in time: dated tariffs as quarters, and what they are worth for a time and for ever."""
