"""Reference fits by scipy's L-BFGS-B: the objective our engine must not be worse than.

    python3 -m venv VENV && VENV/bin/pip install numpy scipy
    VENV/bin/python tools/oracle.py [--data FOLDER] [--starts 600] [case ...]

Reads the real data from --data, $RATIOSCOPE_DATA or ../shared/data beside the repository, and updates
tests/fixtures/oracle.json case by case. Nothing of the data is written, only objectives and parameters.

The problem is the same on both sides: minimise sum Huber_delta(ln predicted - ln measured), delta 1e-3, with
exponents in [0.01, 3], eps in [1e-3, 1] and coefficients >= 0, on axes scaled by their geometric means over the rows
fitted. Rows at 0 tokens are left out. The method is deliberately another one than the engine's: no linear block, no
Newton steps; every start runs L-BFGS-B on all parameters with analytic gradients, through two larger deltas to the
last. Half the starts draw all parameters at random, half draw the exponents and take the coefficients of a
non-negative least-squares fit. The best handful is polished from perturbed copies of itself until nothing improves.
"""

import argparse
import csv
import datetime
import json
import math
import os
import sys
from pathlib import Path

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(threads, "1")  # one core: these runs share a machine

import numpy as np
import scipy
from scipy.optimize import minimize, nnls

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "tests/fixtures/oracle.json"
DELTA = 1e-3
EXPONENT, COEFFICIENT, EPS = (0.01, 3.0), (0.0, np.inf), (1e-3, 1.0)
SEARCH, EPS_SEARCH = (0.05, 1.5), (0.005, 0.8)


class Chinchilla:
    """E + A/N^alpha + B/D^beta"""

    names = ["E", "A", "alpha", "B", "beta"]
    bounds = [COEFFICIENT, COEFFICIENT, EXPONENT, COEFFICIENT, EXPONENT]
    linear = [0, 1, 3]

    def __init__(self, n, d, r):
        self.n, self.d = n, d

    def loss(self, t):
        _, a, alpha, b, beta = t
        size, data = np.exp(-alpha * self.n), np.exp(-beta * self.d)
        jac = np.stack([np.ones_like(size), size, -a * size * self.n, data, -b * data * self.d])
        return t[0] + a * size + b * data, jac

    def basis(self, t):
        return np.stack([np.ones_like(self.n), np.exp(-t[2] * self.n), np.exp(-t[4] * self.d)], axis=1)

    def natural(self, t, n0, d0):
        t = np.array(t)
        t[1] *= n0 ** t[2]
        t[3] *= d0 ** t[4]
        return t


class DCpt:
    """E + A/N^alpha + B r^eta/D^beta + C/(r + eps)^gamma; r^eta = 0 at r = 0"""

    names = ["E", "A", "alpha", "B", "beta", "eta", "C", "gamma", "eps"]
    bounds = [COEFFICIENT, COEFFICIENT, EXPONENT, COEFFICIENT, EXPONENT, EXPONENT, COEFFICIENT, EXPONENT, EPS]
    linear = [0, 1, 3, 6]

    def __init__(self, n, d, r):
        self.n, self.d, self.r = n, d, r
        self.there = (r > 0).astype(float)
        self.ln_r = np.log(np.where(r > 0, r, 1.0))

    def loss(self, t):
        e, a, alpha, b, beta, eta, c, gamma, eps = t
        size = np.exp(-alpha * self.n)
        data = self.there * np.exp(eta * self.ln_r - beta * self.d)
        shifted = self.r + eps
        ln_shifted = np.log(shifted)
        mix = np.exp(-gamma * ln_shifted)
        jac = np.stack(
            [
                np.ones_like(size),
                size,
                -a * size * self.n,
                data,
                -b * data * self.d,
                b * data * self.ln_r,
                mix,
                -c * mix * ln_shifted,
                -c * gamma * mix / shifted,
            ]
        )
        return e + a * size + b * data + c * mix, jac

    def basis(self, t):
        _, _, alpha, _, beta, eta, _, gamma, eps = t
        data = self.there * np.exp(eta * self.ln_r - beta * self.d)
        return np.stack(
            [np.ones_like(self.n), np.exp(-alpha * self.n), data, (self.r + eps) ** -gamma], axis=1
        )

    def natural(self, t, n0, d0):
        t = np.array(t)
        t[1] *= n0 ** t[2]
        t[3] *= d0 ** t[4]
        return t


LAWS = {"chinchilla": Chinchilla, "d-cpt": DCpt}


def objective(law, ln_y, delta):
    """Sum of Huber losses of the log residuals, and its gradient."""

    def f(t):
        loss, jac = law.loss(t)
        if not np.all(loss > 0) or not np.all(np.isfinite(loss)):
            return 1e6, np.zeros_like(t)
        res = np.log(loss) - ln_y
        small = np.abs(res) <= delta
        value = np.where(small, 0.5 * res * res, delta * (np.abs(res) - 0.5 * delta)).sum()
        slope = np.clip(res, -delta, delta) / loss
        return value, jac @ slope

    return f


def descend(law, ln_y, start, deltas, held, **tolerances):
    """L-BFGS-B through `deltas`. Each stage is scaled so that the objective is of order 1."""
    t = start
    bounds = [(v, v) if k in held else b for k, (v, b) in enumerate(zip(t, law.bounds))]
    for delta in deltas:
        f = objective(law, ln_y, delta)
        # The objective is about delta * residual a row: tolerances in scipy are absolute below 1.
        unit = max(f(t)[0], 1e-12)

        def scaled(x):
            value, gradient = f(x)
            return value / unit, gradient / unit

        t = minimize(scaled, t, jac=True, method="L-BFGS-B", bounds=bounds, options=tolerances).x
    return t, objective(law, ln_y, DELTA)(t)[0]


def fit(law_id, rows, starts, seed, held):
    """`rows` is an array of N, D, r, L; `held` maps parameter names to values. Returns natural theta and objective."""
    n, d, r, y = rows.T
    n0, d0 = (math.exp(np.log(v).mean()) for v in (n, d))
    law = LAWS[law_id](np.log(n / n0), np.log(d / d0), r)
    ln_y = np.log(y)
    fixed = {law.names.index(k): v for k, v in held.items()}
    rng = np.random.default_rng(seed)
    p = len(law.names)

    def start(k):
        t = np.empty(p)
        for j, name in enumerate(law.names):
            if j in law.linear:
                t[j] = math.exp(rng.uniform(math.log(1e-2), math.log(1.0))) * y.mean()
            else:
                low, high = EPS_SEARCH if name == "eps" else SEARCH
                t[j] = math.exp(rng.uniform(math.log(low), math.log(high)))
        for j, v in fixed.items():
            t[j] = v
        if k % 2 == 0:
            # Weighted by 1/y, least squares of relative errors.
            solution, _ = nnls(law.basis(t) / y[:, None], np.ones_like(y))
            for j, v in zip(law.linear, solution):
                if j not in fixed:
                    t[j] = v
        return t

    found = []
    for k in range(starts):
        t, value = descend(law, ln_y, start(k), [1e-1, 1e-2, DELTA], fixed, maxiter=400, ftol=1e-10, gtol=1e-9)
        found.append((value, k, t))
    found.sort(key=lambda x: (x[0], x[1]))
    best = found[0]
    tight = dict(maxiter=20000, maxfun=60000, maxcor=30, ftol=1e-16, gtol=1e-14, maxls=60)
    for value, k, t in found[:8]:
        idle = 0
        for width in 8 * [3e-2, 1e-2, 3e-3, 1e-3, 1e-4]:
            # A kinked objective stops L-BFGS-B early; shaken copies carry it on along the valley.
            shaken = t * np.exp(rng.normal(0, width, p))
            low, high = np.array(law.bounds).T
            shaken = np.clip(shaken, low, high)
            for j, v in fixed.items():
                shaken[j] = v
            for begin in (t, shaken):
                t2, v2 = descend(law, ln_y, begin, [DELTA], fixed, **tight)
                if v2 < value * (1 - 1e-10):
                    idle = 0
                if v2 < value:
                    value, t = v2, t2
            idle += 1
            if idle > 12:
                break
        if value < best[0]:
            best = (value, k, t)
    value, _, t = best
    near = sum(v <= value * (1 + 1e-3) for v, _, _ in found)
    return dict(zip(law.names, map(float, law.natural(t, n0, d0)))), float(value), near


def read(path):
    with open(path, newline="") as f:
        lines = (line for line in f if not line.startswith("#"))
        return list(csv.DictReader(lines))


def rows_of(records, n, d, r, y):
    """An array of N, D, r, L from functions of a record; rows without a loss or at 0 tokens are left out."""
    out = []
    for record in records:
        try:
            row = (n(record), d(record), r(record), y(record))
        except ValueError:
            continue
        if row[1] > 0 and all(math.isfinite(v) for v in row):
            out.append(row)
    return np.array(out)


def size(text):
    factors = {"M": 1e6, "B": 1e9}
    return float(text[:-1]) * factors[text[-1]] if text[-1] in factors else float(text)


def column(name):
    return lambda record: float(record[name])


def generated(path, target):
    own = (lambda s: 1.0 - s) if target == "general_loss" else (lambda s: s)
    return rows_of(
        read(ROOT / path),
        lambda x: size(x["model_size"]),
        lambda x: float(x["tokens_B"]) * 1e9,
        lambda x: own(float(x["domain_ratio"])),
        column(target),
    )


def tiny(data, domain, target):
    own = (lambda s: 1.0 - s) if target == "general_loss" else (lambda s: s)
    records = [x for x in read(data.parent / "tiny-cpt/grid.csv") if x["domain"] == domain]
    return rows_of(
        records,
        column("params_nonembedding"),
        column("tokens"),
        lambda x: own(float(x["domain_ratio"])),
        column(target),
    )


def chinchilla(data):
    one = lambda _: 1.0
    rows = rows_of(
        read(data / "chinchilla-epoch/svg_extracted_data.csv"),
        column("Model Size"),
        lambda x: float(x["Training FLOP"]) / (6 * float(x["Model Size"])),
        one,
        column("loss"),
    )
    return rows[np.argsort(rows[:, 3])][:-5]  # without the five highest losses, as the authors


ONE_SIZE = {"A": 0.0, "alpha": 1.0}


def cases(data):
    """Name: law, file, target, held parameters, function that reads the rows."""
    d = {}
    d["chinchilla-240"] = ("chinchilla", "chinchilla-epoch/svg_extracted_data.csv", "loss", {}, lambda: chinchilla(data))
    d["chinchilla-toy"] = ("chinchilla", "chinchilla-toy/df.csv", "loss", {}, lambda: rows_of(
        read(data / "chinchilla-toy/df.csv"), column("N"), column("D"), lambda _: 1.0, column("loss")))
    grids = {
        "generated-grid": "assets/examples/generated-grid.csv",
        "generated-2x4x6": "tests/fixtures/generated-2x4x6.csv",
        "generated-5x5x10": "tests/fixtures/generated-5x5x10.csv",
    }
    for name, path in grids.items():
        for target in ("general_loss", "domain_loss"):
            kind = target.removesuffix("_loss")
            d[f"{name}-{kind}"] = ("d-cpt", path, target, {}, lambda path=path, target=target: generated(path, target))
    for domain in ("python", "german"):
        for target in ("general_loss", "domain_loss"):
            kind = target.removesuffix("_loss")
            d[f"tiny-cpt-{domain}-{kind}"] = ("d-cpt", "../tiny-cpt/grid.csv", target, {},
                lambda domain=domain, target=target: tiny(data, domain, target))
    mixing = "mixing-laws/ct_70M_pile_python.csv"
    for target, share in (("general_loss_pile", "general_ratio_pile"), ("domain_loss_python", "domain_ratio_python")):
        d[f"mixing-laws-{target}"] = ("d-cpt", mixing, target, ONE_SIZE, lambda target=target, share=share: rows_of(
            read(data / mixing), column("n_params_nonemb"), column("tokens"), column(share), column(target)))
    wide = "mixing-laws/2Mix_wide.csv"
    for target, part in (("Github", 0), ("Pile-CC", 1)):
        d[f"2mix-{target}"] = ("d-cpt", wide, target, {}, lambda target=target, part=part: rows_of(
            read(data / wide), column("n_params_nonemb"), column("tokens"),
            lambda x: float(x["ratio"].split("-")[part]), column(target)))
    slim = "slimpajama-mixtures/dmsl_llm_slimpajama.csv"
    d["slimpajama-github"] = ("d-cpt", slim, "github_loss", {}, lambda: rows_of(
        read(data / slim), column("model_size"), column("n_tokens"), column("weight_github"), column("github_loss")))
    return d


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("RATIOSCOPE_DATA", str(ROOT.parent / "shared/data")))
    parser.add_argument("--starts", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("case", nargs="*")
    args = parser.parse_args()
    known = cases(Path(args.data).resolve())
    for name in args.case or known:
        law, file, target, held, rows = known[name]
        rows = rows()
        theta, value, near = fit(law, rows, args.starts, args.seed, held)
        record = dict(
            case=name, law=law, file=file, target=target, held=held, theta=theta, objective=value, n=len(rows),
            starts=args.starts, starts_within_a_thousandth=int(near), scipy=scipy.__version__,
            date=datetime.date.today().isoformat(),
        )
        kept = json.loads(OUT.read_text()) if OUT.exists() else []
        order = list(known)
        kept = [x for x in kept if x["case"] != name and x["case"] in order] + [record]
        kept.sort(key=lambda x: order.index(x["case"]))
        OUT.write_text(json.dumps(kept, indent=1) + "\n")
        print(f"{name}: n {len(rows)} objective {value:.12g}, {near} of {args.starts} starts within 1e-3", flush=True)
        print("  ", {k: float(f"{v:.6g}") for k, v in theta.items()}, flush=True)


if __name__ == "__main__":
    sys.exit(main())
