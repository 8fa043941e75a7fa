"""Numbers, dates, truth values, sentences and words as people write them; pure."""
