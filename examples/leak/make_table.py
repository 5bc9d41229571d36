"""Makes customers.csv, the table of this example: `python make_table.py > customers.csv`."""

from __future__ import annotations

import csv
import sys

import numpy as np

ROWS, CITIES, SEED = 2500, 250, 11
PLANS = {"basic": 0.5, "plus": 0.0, "pro": -0.6}


def table() -> list[list[str]]:
    """Header and rows. Spending, visits and plan tell of the churn, the city does not."""
    random = np.random.default_rng(SEED)
    spending = random.uniform(0, 100, ROWS)
    visits = random.poisson(6, ROWS)
    plan = random.choice(list(PLANS), ROWS, p=[0.5, 0.3, 0.2])
    city = random.integers(0, CITIES, ROWS)
    log_odds = 0.03 * (50 - spending) - 0.18 * (visits - 6) + np.array([PLANS[name] for name in plan])
    churned = random.random(ROWS) < 1 / (1 + np.exp(-log_odds))
    rows = zip(spending, visits, plan, city, churned, strict=True)
    return [
        ["spending", "visits", "plan", "city", "churned"],
        *([f"{s:.2f}", str(v), str(p), f"city-{c:03}", "yes" if y else "no"] for s, v, p, c, y in rows),
    ]


if __name__ == "__main__":
    csv.writer(sys.stdout, lineterminator="\n").writerows(table())
