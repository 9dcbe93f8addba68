"""How much is tried: a little in every test run, the full figures with PROOF=full (`make proof`)."""

import os
import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """One of the two sizes."""

    name: str
    rounds: int  # of 64 clients on the last unit, at the services, shared out to the ways to take it
    api_rounds: int  # the same at the running API
    transactions: int  # of clients whose orders cross, at the services
    api_transactions: int
    first_receipts: int  # rounds
    repeats: int  # of acts that are repeated or exclude each other
    deals: int  # of each client on one row of stock
    examples: int  # runs of the state machine
    steps: int  # operations in each of them
    writer_deals: int  # of each of ten processes on SQLite
    baskets: int  # of random lines, against the oracle of money
    issuers: int  # clients that issue invoices at once
    deaths: int  # of workers in the middle of each act
    trade: int  # seconds of orders, invoices, payments, credits and returns at random
    damages: int  # to a backup
    kills: int  # of the database and the application while clients work, shared out to the ways to keep connections
    broken_migrations: int  # on each database
    cuts: int  # of a role, looked at from the other worker


SHORT = Size("short", 20, 6, 500, 30, 5, 1, 3, 4, 15, 5, 2_000, 8, 3, 8, 42, 6, 1, 5)
FULL = Size("full", 1000, 250, 10_000, 1000, 50, 5, 40, 40, 50, 50, 100_000, 50, 100, 600, 500, 200, 15, 100)
SIZE = FULL if os.environ.get("PROOF") == "full" else SHORT

# What is left to chance follows from one number: PROOF_SEED repeats a run.
SEED = int(os.environ.get("PROOF_SEED") or random.randrange(10**6))
