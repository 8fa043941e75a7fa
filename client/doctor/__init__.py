"""What `coderai doctor` looks at: the machine, a trial start, the model."""
