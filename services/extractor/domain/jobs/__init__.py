"""A job's life, pace, price and estimate."""
