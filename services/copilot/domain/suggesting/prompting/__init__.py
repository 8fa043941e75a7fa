"""What a model is asked for suggestions, and how its replies are read."""
