"""The built-in engine: answers a call by the passage's own words, deterministically and without a network."""
