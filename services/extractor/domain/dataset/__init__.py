"""The dataset: units, their cells, and what people have said of both; pure."""
