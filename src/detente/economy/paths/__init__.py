"""The world economy in time: quarters that follow one another through what buyers and capital remember."""
