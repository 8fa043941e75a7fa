"""What every process shares: settings, identity, errors, truth and its travels. It knows no domain word."""
