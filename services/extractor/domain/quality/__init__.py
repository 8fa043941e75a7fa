"""How prompts are compared: known answers, trials and tests of them; pure."""
