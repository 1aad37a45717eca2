"""Makes tests/notes/*.csv: one sound file, and for each note a file that differs from it in the one thing the note is about.

    python3 tools/make_notes.py

All are generated from the D-CPT Law with known parameters (N and D in billions), with a little noise from a fixed
seed. tests/fit_notes.rs says which file must raise which note, and that the sound one raises none of them.
"""

import math
import random
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "tests/notes"

TRUTH = dict(E=0.95, A=0.30, alpha=0.36, B=0.20, beta=0.40, eta=0.50, C=0.26, gamma=0.60, eps=0.14)
SIZES = [0.1, 0.3, 1.0, 3.0, 10.0]
RATIOS = [0.0, 0.1, 0.25, 0.5, 0.75, 1.0]
TOKENS = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]
# Well below any real run's: what these files lack is never hidden by noise.
RUN_EFFECT, CHECKPOINT_NOISE = 2e-4, 1e-4


def law(p, n, d, r):
    data = p["B"] * r ** p["eta"] / d ** p["beta"] if r > 0 else 0.0
    return p["E"] + p["A"] / n ** p["alpha"] + data + p["C"] / (r + p["eps"]) ** p["gamma"]


def write(name, why, sizes=SIZES, ratios=RATIOS, tokens=TOKENS, runs=None, loss=None, seeds=1, **changed):
    """`runs` picks (size, ratio) pairs instead of the whole grid; `changed` replaces parameters of the truth."""
    rng = random.Random(7)
    truth = {**TRUTH, **changed}
    loss = loss or (lambda n, d, r: law(truth, n, d, r))
    lines = [f"# generated: {why}; made by tools/make_notes.py, not measured"]
    lines.append("run,model_size,tokens_B,domain_ratio,domain_loss")
    for n, r, seed in [(n, r, seed) for n, r in runs or [(n, r) for n in sizes for r in ratios] for seed in range(seeds)]:
        effect = rng.gauss(0, RUN_EFFECT)
        for d in tokens:
            value = loss(n, d, r) * math.exp(effect + rng.gauss(0, CHECKPOINT_NOISE))
            name_of_run = f"{n:g}B-r{r:g}" + (f"-s{seed}" if seeds > 1 else "")
            lines.append(f"{name_of_run},{n:g}B,{d:g},{r:g},{value:.6f}")
    (OUT / f"{name}.csv").write_text("\n".join(lines) + "\n")
    print(f"{name}.csv", len(lines) - 2, "rows")


def main():
    OUT.mkdir(exist_ok=True)
    write("sound", "5 sizes, 6 ratios, 6 token budgets, a law that every parameter can be told of")
    write("at_bound", "the token term grows as the ratio falls, so eta ends at its lower bound", eta=-0.3,
          ratios=[0.05, 0.1, 0.25, 0.5, 0.75, 1.0])
    write("unidentified", "the ratio term is far below the noise, so gamma and eps are open", C=1e-5)
    write("too_few_sizes", "one model size", sizes=[1.0])
    write("two_sizes", "two model sizes", sizes=[0.3, 3.0])
    write("size_term_saturated", "three model sizes", sizes=[0.3, 1.0, 3.0])
    write("too_few_ratios", "two ratios", ratios=[0.25, 0.75])
    write("one_ratio", "one ratio", ratios=[0.5])
    write("too_few_tokens", "two token budgets", tokens=[4.0, 16.0])
    write("few_runs", "five runs that still span four sizes and four ratios",
          runs=[(0.1, 0.0), (0.3, 0.25), (1.0, 0.5), (3.0, 1.0), (0.1, 1.0)],
          tokens=[1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0])
    write("replicates", "two seeds of every recipe", sizes=SIZES[:4], ratios=RATIOS[:5], seeds=2)
    write("few_spare_runs", "seven runs for the eight numbers the law asks of them",
          runs=[(0.1, 0.0), (0.1, 0.5), (0.3, 0.25), (1.0, 0.5), (1.0, 0.1), (3.0, 1.0), (10.0, 0.75)])
    write("not_monotone", "a token term that outweighs the ratio term: the loss rises with the ratio", B=0.8, eta=0.9)
    # Up to the largest budget, the way a replayed corpus is forgotten at a constant learning rate.
    write("rises_with_tokens", "the loss rises with tokens",
          loss=lambda n, d, r: law(TRUTH, n, 4.0, r) * (1 + 0.02 * math.log(d)))


if __name__ == "__main__":
    main()
