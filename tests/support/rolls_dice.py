"""Prints ids, keys and numbers by everything that makes them, a line each, and ends."""

from __future__ import annotations

import os
import random
import secrets
import sys
import uuid

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coderai.kit.ids import new_id


def main() -> None:
    """Prints them."""
    made = [new_id(), uuid.uuid4(), secrets.token_hex(), random.random(), os.urandom(8).hex()]
    made += [np.random.default_rng().random(), Ed25519PrivateKey.generate().private_bytes_raw().hex()]
    sys.stdout.write("\n".join(map(str, made)) + "\n")


if __name__ == "__main__":
    main()
