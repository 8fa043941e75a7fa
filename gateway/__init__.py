"""The edge of CoderAI: HTTP and gRPC in, accounts, tokens, tenant scope, live streams."""
