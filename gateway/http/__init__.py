"""The HTTP API: FastAPI over the services' gRPC contracts."""
