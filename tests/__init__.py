"""CoderAI's test suite."""
