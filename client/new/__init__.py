"""`coderai new`: documents in, a project file out, by way of the guided setup."""
