#!/usr/bin/env python3
"""Golden file for the 95 % intervals of the views, from SciPy.

    python -m venv V && V/bin/pip install numpy==2.4.6 scipy==1.17.1
    V/bin/python tools/golden/intervals.py

writes Tests/PersistenceTests/Golden/intervals.json. Seeds are fixed, so a second run gives the same file.
"""

import json
import pathlib

import numpy as np
import scipy.stats

PATH = pathlib.Path(__file__).resolve().parents[2] / "Tests/PersistenceTests/Golden/intervals.json"


def mean(values):
    """Whole numbers, and the interval of their mean by a t-test of one sample."""
    interval = scipy.stats.ttest_1samp(np.array(values, float), 0).confidence_interval(0.95)
    return {"values": values, "low": interval.low, "high": interval.high}


def share(hits, count):
    interval = scipy.stats.binomtest(hits, count).proportion_ci(0.95, method="wilson")
    return {"hits": hits, "count": count, "low": interval.low, "high": interval.high}


def means():
    rng = np.random.default_rng(18)
    # Nano-nats as the estimators give them: a few nats, a few hundredths, and almost none that differ.
    for count in [2, 3, 4, 7, 12, 25, 30, 31, 32, 33, 47, 120]:
        for middle, spread in [(6.2e9, 4e8), (4.4e7, 9e6), (7.25e9, 3.0)]:
            yield mean([int(value) for value in rng.normal(middle, spread, count)])


def main():
    quantiles = [*range(1, 61), 100, 1000, 49_999, 400_000_000]
    shares = [(0, 1), (1, 1), (0, 7), (3, 7), (7, 7), (1, 50), (37, 50), (49, 50), (19960, 50000), (1, 100_000),
              (399_999_999, 400_000_000)]
    golden = {
        "means": list(means()),
        "shares": [share(*pair) for pair in shares],
        # By degrees of freedom.
        "quantiles": [{"freedom": n, "quantile": float(scipy.stats.t.ppf(0.975, n))} for n in quantiles],
    }
    PATH.parent.mkdir(exist_ok=True)
    parts = [
        f'"{name}": [\n' + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]"
        for name, cases in golden.items()
    ]
    PATH.write_text("{\n" + ",\n".join(parts) + "\n}\n")
    print(f"{PATH.name}: {len(golden['means'])} means, {len(shares)} shares, {PATH.stat().st_size} bytes")


if __name__ == "__main__":
    main()
