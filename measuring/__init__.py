"""What judged cells of drawn samples say of a dataset: estimates with intervals, agreement, calibration; pure."""
