"""Review sheets: cells of the dataset as a table to fill in with any spreadsheet, and back."""
