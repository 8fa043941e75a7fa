"""Who may use the installation: users, their workspaces and the tokens that prove who is calling."""
