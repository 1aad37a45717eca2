"""One fit by the native program beside the same fit by scipy, as a notebook would do it, on one core each.

    python3 tools/peers.py PROGRAM      (needs numpy and scipy; `script/measure peers` brings them)

scipy's side is L-BFGS-B with analytic gradients from 64 starts, the same bounds and the same objective, through three
deltas: the first stage of tools/oracle.py, without its final polish. The published practice is 4,500 starts (Hoffmann
et al. 2022, grid of initialisations). The program's side is its whole run: starting, reading, fitting, printing.
"""

import json
import math
import subprocess
import sys
import time

import numpy as np
import oracle

STARTS = 64
CASES = ["generated-grid-domain", "generated-grid-general"]


def main(program):
    for name in CASES:
        law_id, path, target, held, rows = oracle.cases(oracle.ROOT)[name]
        rows = rows()
        n, d, r, y = rows.T
        law = oracle.LAWS[law_id](*(np.log(v / math.exp(np.log(v).mean())) for v in (n, d)), r)
        rng = np.random.default_rng(1)
        began = time.perf_counter()
        best = math.inf
        for _ in range(STARTS):
            start = np.array([
                math.exp(rng.uniform(math.log(1e-2), 0)) * y.mean() if j in law.linear
                else math.exp(rng.uniform(*map(math.log, oracle.EPS_SEARCH if key == "eps" else oracle.SEARCH)))
                for j, key in enumerate(law.names)
            ])
            _, value = oracle.descend(law, np.log(y), start, [1e-1, 1e-2, oracle.DELTA], {}, maxiter=400, ftol=1e-10, gtol=1e-9)
            best = min(best, value)
        theirs = time.perf_counter() - began
        ask = [program, "fit", str(oracle.ROOT / path), "--target", target, "--draws", "0", "--json"]
        times = []
        for _ in range(5):
            began = time.perf_counter()
            answer = subprocess.run(ask, check=True, capture_output=True).stdout
            times.append(time.perf_counter() - began)
        ours = sorted(times)[2]
        objective = json.loads(answer)["targets"][target]["objective"]
        print(f"{name}: ratioscope {ours * 1e3:.0f} ms, objective {objective:.9g}; "
              f"scipy, {STARTS} starts, {theirs:.1f} s, objective {best:.9g}; "
              f"{theirs / ours:.0f} times as long, objective {best / objective - 1:+.1e} of ours")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
