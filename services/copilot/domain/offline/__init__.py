"""The built-in engine's suggestions: what recurs in the documents and their layout; no network, no chance."""
