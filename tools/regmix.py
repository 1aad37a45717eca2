"""RegMix's own kinds of regression on RegMix's own files: what stands beside the data mixing law in docs/method.md.

    python3 -m venv VENV && VENV/bin/pip install numpy scipy scikit-learn lightgbm
    VENV/bin/python tools/regmix.py [--data FOLDER]

Reads --data, $RATIOSCOPE_DATA or ../shared/data beside the repository. Fitted on 512 models of 1M, asked for mixtures
that were not in the fit: 256 at 1M, 256 at 60M, 64 at 1B. Printed: rank correlation (Spearman's, per cent), and at 1M
the mean squared error in nats squared. Losses at 60M and 1B are lower for every mixture, so only their ranks are compared.

Three regressions: linear by least squares (scikit-learn); ridge with its own default strength (the paper names ridge,
not the strength); LightGBM as in the authors' notebook, which stops its trees by the error on the 256 mixtures at 1M
that it is then scored on, and without that stop. On SlimPajama's mixtures: linear, fitted on every second mixture of
the smallest model's last budget, the others asked for, as tests/laws_real.rs does with our law.
"""

import argparse
import csv
import os
import warnings
from pathlib import Path

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(threads, "1")  # one core: these runs share a machine

import lightgbm
import numpy as np
from scipy.stats import spearmanr
from sklearn.linear_model import LinearRegression, Ridge

ROOT = Path(__file__).resolve().parent.parent
# regression_fitting/regression.ipynb of github.com/sail-sg/regmix
LIGHTGBM = dict(boosting_type="gbdt", objective="regression", n_estimators=1000, learning_rate=1e-2, random_state=42, n_jobs=1, verbosity=-1)


def table(path):
    """The header without `index`, and the numbers by index."""
    with open(path, newline="") as file:
        head, *rows = csv.reader(file)
    return head[1:], {row[0]: [float(cell) for cell in row[1:]] for row in rows}


def joined(folder, name, losses):
    """Shares that add up to one, losses, and the losses' names."""
    (_, shares), (names, values) = table(folder / name), table(folder / losses)
    keys = sorted(key for key in shares if key in values)
    mixtures = np.array([shares[key] for key in keys])
    return mixtures / mixtures.sum(axis=1, keepdims=True), np.array([values[key] for key in keys]), names


def short(name):
    return name.removeprefix("metric/the_pile_").removesuffix("_val_loss")


def rank(predicted, measured):
    return 100 * spearmanr(predicted, measured)[0]


def regmix(folder):
    x, y, names = joined(folder, "train_mixture_1m.csv", "train_pile_loss_1m.csv")
    unseen = {size: joined(folder, f"test_mixture_{size}.csv", f"test_pile_loss_{size}.csv") for size in ("1m", "60m", "1B")}
    print(f"{len(x)} mixtures of {x.shape[1]} corpora at 1M; unseen: " + ", ".join(f"{len(of[0])} at {size}" for size, of in unseen.items()))
    for at, name in enumerate(names):
        column = lambda of: of[1][:, of[2].index(name)]
        stop = dict(eval_set=[(unseen["1m"][0], column(unseen["1m"]))], callbacks=[lightgbm.early_stopping(3, verbose=False)])
        models = {
            "linear": LinearRegression().fit(x, y[:, at]),
            "ridge": Ridge().fit(x, y[:, at]),
            "LightGBM, stopped on the test": lightgbm.LGBMRegressor(**LIGHTGBM).fit(x, y[:, at], **stop),
            "LightGBM": lightgbm.LGBMRegressor(**LIGHTGBM).fit(x, y[:, at]),
        }
        for called, model in models.items():
            ranks = " ".join(f"{size} {rank(model.predict(of[0]), column(of)):6.2f}" for size, of in unseen.items())
            error = np.mean((model.predict(unseen["1m"][0]) - column(unseen["1m"])) ** 2)
            print(f"{short(name):<20} {called:<30} {ranks}   error at 1m {error:.4f}")


def slimpajama(path):
    with open(path, newline="") as file:
        rows = [row for row in csv.DictReader(file)]
    least = min(float(row["model_size"]) for row in rows)
    rows = [row for row in rows if float(row["model_size"]) == least]
    most = max(float(row["n_tokens"]) for row in rows)
    rows = [row for row in rows if float(row["n_tokens"]) == most]
    corpora = [name for name in rows[0] if name.startswith("weight_")]
    x = np.array([[float(row[name]) for name in corpora] for row in rows])
    for name in (name for name in rows[0] if name.endswith("_loss")):
        y = np.array([float(row[name]) for row in rows])
        found = LinearRegression().fit(x[::2], y[::2]).predict(x[1::2])
        error = 100 * np.mean(np.abs(found / y[1::2] - 1))
        print(f"slimpajama {name:<20} linear   rank {rank(found, y[1::2]):6.2f}   error {error:.2f} %")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("RATIOSCOPE_DATA", ROOT / "../shared/data"))
    folder = Path(parser.parse_args().data)
    warnings.filterwarnings("ignore", module="lightgbm|sklearn")
    regmix(folder / "regmix")
    slimpajama(folder / "slimpajama-mixtures/dmsl_llm_slimpajama.csv")


if __name__ == "__main__":
    main()
