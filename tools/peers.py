"""The native program beside other fitters: the same data, the same objective, one run.

    python3 tools/peers.py PROGRAM [--data FOLDER] [--page FOLDER]     (`script/measure peers` brings what it needs)

For each case prints, fitter by fitter, the objective reached, the time, and both against ratioscope's. The objective is
everyone's: the sum of Huber losses (delta 1e-3) of ln predicted - ln measured, computed here from the parameters each
fitter returns. Ratioscope's time is that of the whole program: starting, reading, fitting, printing.

  scipy        L-BFGS-B with analytic gradients, three deltas, 64 starts (published practice is 4,500)
  lmfit        the same objective as a scalar, its L-BFGS-B with numerical gradients, 8 starts
  chinchilla   the package of that name, its log_huber and its BFGS, 64 starts; knows Chinchilla's law alone
  simple-scaling-laws   its own objective, least squares on the loss, against ours with `--objective ls`; knows
               Chinchilla's law alone; needs Python 3.12 or newer and is said to be absent where there is none

Draws: 1,000 by ratioscope; by scipy 20 are timed (run weights, started at the optimum) and the time multiplied by 50.

With the page as built, the same in Chromium: its worker on one core beside the program on one core, in turns
(tests/browser/measure-fit.mjs), and scipy's time against it. The digits are the program's own (tests/browser/fitting.test.mjs).
"""

import argparse
import csv
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import oracle

STARTS = {"scipy": 64, "lmfit": 8, "chinchilla": 64}
DRAWS, TIMED = 1000, 20


def objective(law, ln_y, theta):
    return oracle.objective(law, ln_y, oracle.DELTA)(np.asarray(theta))[0]


def random_start(law, y, rng):
    return np.array([
        math.exp(rng.uniform(math.log(1e-2), 0)) * y.mean() if j in law.linear
        else math.exp(rng.uniform(*map(math.log, oracle.EPS_SEARCH if key == "eps" else oracle.SEARCH)))
        for j, key in enumerate(law.names)
    ])


def by_scipy(law, y, rng):
    best = (math.inf, None)
    for _ in range(STARTS["scipy"]):
        theta, value = oracle.descend(
            law, np.log(y), random_start(law, y, rng), [1e-1, 1e-2, oracle.DELTA], {}, maxiter=400, ftol=1e-10, gtol=1e-9)
        best = min(best, (value, tuple(theta)))
    return np.array(best[1])


def by_lmfit(law, y, rng):
    import lmfit

    ln_y = np.log(y)
    best = (math.inf, None)
    for _ in range(STARTS["lmfit"]):
        start = random_start(law, y, rng)
        for delta in (1e-1, 1e-2, oracle.DELTA):
            parameters = lmfit.Parameters()
            for name, value, (low, high) in zip(law.names, start, law.bounds):
                parameters.add(name, value=float(min(max(value, low), high)), min=low, max=high)
            f = oracle.objective(law, ln_y, delta)
            unit = max(f(start)[0], 1e-12)
            out = lmfit.minimize(lambda p: f(np.array([p[n].value for n in law.names]))[0] / unit, parameters, method="lbfgsb")
            start = np.array([out.params[n].value for n in law.names])
        best = min(best, (objective(law, ln_y, start), tuple(start)))
    return np.array(best[1])


def by_chinchilla(rows, folder):
    """E, A, alpha, B, beta for N in parameters and D in tokens."""
    import logging

    from chinchilla import Chinchilla
    from chinchilla._metrics import log_huber

    logging.disable(logging.CRITICAL)
    with open(folder / "df.csv", "w", newline="") as f:
        out = csv.writer(f)
        out.writerow(["C", "N", "D", "loss"])
        out.writerows([float(6 * n * d), float(n), float(d), float(loss)] for n, d, _, loss in rows)
    grid = dict(
        e=list(np.linspace(0, 1, 4)), a=[2.0, 6.0], b=[4.0, 8.0], alpha=[0.2, 0.5], beta=[0.2, 0.5])
    cc = Chinchilla(
        str(folder), param_grid=grid, loss_fn=lambda y, p: log_huber(y, p, delta=oracle.DELTA), log_level=50)
    cc.fit(parallel=False)
    return [cc.E, cc.A, cc.alpha, cc.B, cc.beta]


def simple_scaling_laws(rows, draws):
    """E, A, alpha, B, beta for N in parameters and D in tokens, and the time of its fit with so many draws."""
    import polars
    import simple_scaling_laws

    n, d, _, y = rows.T
    frame = polars.DataFrame({
        "training_run_id": [f"run {i}" for i in range(len(y))], "test_set_id": ["a"] * len(y),
        "model_size__n": n, "dataset_size__d": d, "test_loss__loss": y})
    began = time.perf_counter()
    model = simple_scaling_laws.fit(frame, n_draws=draws)
    took = time.perf_counter() - began
    raw = model.law.raw_scale_params(model.fits["test_loss__loss"].params, model._reference)
    # Its own order is E, A, B, alpha, beta.
    return [raw[name] for name in oracle.Chinchilla.names], took


def least_squares(program, path, rows):
    """Both on the objective of simple-scaling-laws: half the sum of squares of predicted - measured."""
    n, d, _, y = rows.T

    def value(e, a, alpha, b, beta):
        return 0.5 * np.sum((e + a / n**alpha + b / d**beta - y) ** 2)

    try:
        theirs, once = simple_scaling_laws(rows, 2)
        _, full = simple_scaling_laws(rows, DRAWS)
    except ImportError as error:
        return print(f"  simple-scaling-laws absent: {error}")
    alone, fit = ratioscope(program, path, "chinchilla", "loss", 0, "ls")
    drawn, _ = ratioscope(program, path, "chinchilla", "loss", DRAWS, "ls")
    ours = value(*(fit["parameters"][name]["value"] for name in oracle.Chinchilla.names))
    print(f"  least squares on the loss: ratioscope {ours:.9g} in {alone * 1e3:.0f} ms, simple-scaling-laws "
          f"{value(*theirs):.9g} in {once * 1e3:.0f} ms (with its least number of draws, 2): {once / alone:.0f} times as "
          f"long, objective {value(*theirs) / ours - 1:+.1e} of ours; with {DRAWS} draws {drawn:.2f} s and {full:.2f} s: "
          f"{full / drawn:.0f} times as long", flush=True)


def ratioscope(program, path, law, target, draws, by="huber"):
    ask = [program, "fit", str(path), "--law", law, "--target", target, "--draws", str(draws), "--objective", by, "--json"]
    times = []
    for _ in range(5 if draws == 0 else 1):
        began = time.perf_counter()
        answer = subprocess.run(ask, check=True, capture_output=True).stdout
        times.append(time.perf_counter() - began)
    fit = json.loads(answer)["targets"][target]
    return sorted(times)[len(times) // 2], fit


def in_chromium(page, program, law_id, rows, target, folder):
    """Seconds of the fit and of the draws in Chromium and natively; the file holds this one loss."""
    path = folder / "one-loss.csv"
    with open(path, "w", newline="") as f:
        out = csv.writer(f)
        out.writerow(["params", "tokens", "domain_ratio", target])
        general = "general" in target
        out.writerows([float(n), float(d), float(1 - r if general else r), float(loss)] for n, d, r, loss in rows)
    ask = ["node", str(oracle.ROOT / "tests/browser/measure-fit.mjs"), page, program, str(path), law_id, target, str(DRAWS)]
    return json.loads(subprocess.run(ask, check=True, capture_output=True).stdout)


def scipy_draws(law, y, theta, runs, rng):
    ln_y = np.log(y)
    began = time.perf_counter()
    for _ in range(TIMED):
        weight = rng.exponential(size=runs.max() + 1)[runs]
        plain = law.loss

        def f(t):
            loss, gradient = plain(t)
            res = np.log(loss) - ln_y
            psi = np.clip(res, -oracle.DELTA, oracle.DELTA)
            return weight @ (psi * (res - 0.5 * psi)) / 1e-3, gradient(weight * psi / loss) / 1e-3

        oracle.minimize(f, theta, jac=True, method="L-BFGS-B", bounds=law.bounds, options=dict(maxiter=400, ftol=1e-10))
    return (time.perf_counter() - began) * DRAWS / TIMED


def cases(data, folder):
    """Name, law, rows, a file ratioscope reads, its column of the loss."""
    known = oracle.cases(data)
    for name in ("generated-grid-domain", "generated-grid-general"):
        law, path, target, _, rows = known[name]
        yield name, law, rows(), oracle.ROOT / path, target
    if (data / "chinchilla-epoch").is_dir():
        rows = known["chinchilla-240"][4]()
        path = folder / "chinchilla.csv"
        with open(path, "w", newline="") as f:
            out = csv.writer(f)
            out.writerow(["params", "tokens", "loss"])
            out.writerows([float(n), float(d), float(loss)] for n, d, _, loss in rows)
        yield "chinchilla-240", "chinchilla", rows, path, "loss"
    else:
        print(f"skipped: chinchilla-240: no real data in {data}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--page", help="the folder of the built page, for the same in Chromium")
    parser.add_argument("--data", default=os.environ.get("RATIOSCOPE_DATA", str(oracle.ROOT.parent / "shared/data")))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for name, law_id, rows, path, target in cases(Path(args.data).resolve(), folder):
            n, d, r, y = rows.T
            n0, d0 = (math.exp(np.log(v).mean()) for v in (n, d))
            law = oracle.LAWS[law_id](np.log(n / n0), np.log(d / d0), r)
            rng = np.random.default_rng(1)
            seconds, fit = ratioscope(args.program, path, law_id, target, 0)
            ours = fit["objective"]
            print(f"{name}: {len(y)} rows")
            print(f"  {'ratioscope':<12} objective {ours:.9g}  {seconds * 1e3:8.0f} ms")

            def line(who, theta, took, starts):
                value = objective(law, np.log(y), theta)
                print(f"  {who:<12} objective {value:.9g}  {took * 1e3:8.0f} ms  {starts} starts: "
                      f"{took / seconds:.0f} times as long, objective {value / ours - 1:+.1e} of ours", flush=True)

            for who, fitter in (("scipy", by_scipy), ("lmfit", by_lmfit)):
                try:
                    began = time.perf_counter()
                    theta = fitter(law, y, rng)
                    line(who, theta, time.perf_counter() - began, STARTS[who])
                except ImportError as error:
                    print(f"  {who:<12} absent: {error}")
                if who == "scipy":
                    found, by_peer = theta, time.perf_counter() - began
            if law_id == "chinchilla":
                try:
                    began = time.perf_counter()
                    e, a, alpha, b, beta = by_chinchilla(rows, folder)
                    took = time.perf_counter() - began
                    line("chinchilla", [e, a / n0**alpha, alpha, b / d0**beta, beta], took, STARTS["chinchilla"])
                except ImportError as error:
                    print(f"  {'chinchilla':<12} absent: {error}")
                least_squares(args.program, path, rows)
            with_draws, _ = ratioscope(args.program, path, law_id, target, DRAWS)
            runs = np.unique(np.stack([n, r], axis=1), axis=0, return_inverse=True)[1]
            theirs = scipy_draws(law, y, found, runs.ravel(), rng)
            print(f"  {DRAWS} draws: ratioscope {with_draws - seconds:.2f} s, scipy {theirs:.1f} s "
                  f"({TIMED} timed): {theirs / (with_draws - seconds):.0f} times as long", flush=True)
            if args.page:
                there = in_chromium(args.page, args.program, law_id, rows, target, folder)
                print(f"  in Chromium: fit {there['fit'] * 1e3:.0f} ms (program {there['native'] * 1e3:.0f} ms, scipy "
                      f"{by_peer / there['fit']:.0f} times as long), {DRAWS} draws on one core {there['draws']:.2f} s (program "
                      f"{there['nativeDraws']:.2f} s: WebAssembly takes {there['draws'] / there['nativeDraws']:.2f} times as "
                      f"long; scipy {theirs / there['draws']:.0f} times)", flush=True)


if __name__ == "__main__":
    sys.exit(main())
