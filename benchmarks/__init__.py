"""Measurements; each module prints one JSON object a line: name, value, unit, goal, ok, how."""
