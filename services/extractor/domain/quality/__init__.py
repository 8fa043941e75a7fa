"""How good the dataset is: estimates, intervals, agreement and tests; pure."""
