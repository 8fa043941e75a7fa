"""What answers questions about a text: the contract, the messages of a call, the offline engine."""
