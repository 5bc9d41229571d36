"""What scipy says on random cases, as JSON on stdout: the reference that `core/`'s statistics are held against."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from scipy import stats

random = np.random.default_rng(20_251)


def distributions() -> list[dict[str, float]]:
    """Tails of Student's t and of chi-square, and critical values of t; degrees of freedom from 1 to 10,000."""
    cases = []
    for _ in range(400):
        df = int(np.exp(random.uniform(0, np.log(10_000))))
        t, tail, x = random.normal(0, 4), np.exp(random.uniform(np.log(1e-6), 0)) * 0.999, random.uniform(0, 3 * df)
        case = {"df": df, "t": t, "tail": tail, "x": x}
        case["t_tail"] = stats.t.sf(t, df)
        case["critical"] = stats.t.isf(tail, df)
        case["chi_square_tail"] = stats.chi2.sf(x, df)
        cases.append({name: float(value) for name, value in case.items()})
    return cases


def comparisons() -> list[dict[str, Any]]:
    """Two settings over the same folds: intervals and the corrected resampled t-test, from scipy's t distribution."""
    cases = []
    for folds in (2, 3, 5, 10, 30):
        for _ in range(10):
            a, b = random.normal(0.85, 0.03, folds), random.normal(0.84, 0.03, folds)
            ratio, confidence = 1 / (folds - 1), float(random.choice([0.8, 0.95, 0.99]))
            scale = np.sqrt(1 / folds + ratio)
            difference = a - b
            t = stats.t(folds - 1)
            one = stats.t.interval(confidence, folds - 1, a.mean(), a.std(ddof=1) * scale)
            both = stats.t.interval(confidence, folds - 1, difference.mean(), difference.std(ddof=1) * scale)
            cases.append(
                {
                    "a": a.tolist(),
                    "b": b.tolist(),
                    "ratio": ratio,
                    "confidence": confidence,
                    "standardError": float(stats.sem(a)),
                    "interval": [float(end) for end in one],
                    "differenceInterval": [float(end) for end in both],
                    "p": float(2 * t.sf(abs(difference.mean()) / (difference.std(ddof=1) * scale))),
                }
            )
    return cases


def signed_ranks() -> list[dict[str, Any]]:
    """Wilcoxon's test: exact without ties; with ties and zeros over every sign there is."""
    cases = []
    for alternative in ("two-sided", "greater", "less"):
        for folds in (2, 5, 8, 10, 40):
            smooth = random.normal(0.3, 1, folds)
            p = stats.wilcoxon(smooth, alternative=alternative, method="exact").pvalue
            cases.append({"differences": smooth.tolist(), "alternative": alternative, "p": float(p)})
        for folds in (4, 7, 10):
            tied = random.choice([-2.0, -1.0, 0.0, 1.0, 2.0, 3.0], folds)
            tied[0] = 1.0
            every_sign = stats.PermutationMethod(n_resamples=np.inf)
            p = stats.wilcoxon(tied, alternative=alternative, method=every_sign).pvalue
            cases.append({"differences": tied.tolist(), "alternative": alternative, "p": float(p)})
    return cases


def friedmans() -> list[dict[str, Any]]:
    """Friedman's chi-square from scipy, with ties and without; settings in rows, folds in columns."""
    cases = []
    for settings, folds in ((3, 2), (3, 5), (5, 3), (8, 10), (40, 4)):
        for ties in (False, True):
            scores = random.normal(0, 1, (settings, folds)) + np.arange(settings)[:, None] / settings
            scores = np.round(scores, 0) if ties else scores
            test = stats.friedmanchisquare(*scores)
            case = {"scores": scores.tolist(), "statistic": test.statistic, "p": test.pvalue}
            cases.append({**case, "criticalDifference": conover(scores)})
    return cases


def conover(scores: np.ndarray) -> float:
    """The least difference at 0.05: Conover, Practical Nonparametric Statistics (1999), 5.8, equation 6."""
    settings, folds = scores.shape
    ranks = np.apply_along_axis(stats.rankdata, 0, scores)
    sums, squares, df = ranks.sum(axis=1), (ranks**2).sum(), (folds - 1) * (settings - 1)
    return float(stats.t.isf(0.025, df) * np.sqrt(2 * (folds * squares - (sums**2).sum()) / df))


if __name__ == "__main__":
    print(
        json.dumps(
            {
                "distributions": distributions(),
                "comparisons": comparisons(),
                "signedRanks": signed_ranks(),
                "friedmans": friedmans(),
            }
        )
    )
