"""Makes the generated example grid and the small generated cases of the tests, from known parameters.

Nothing here was measured: every file opens with a line `# generated: ...` and is called generated wherever it is
named. Python's standard library only; the same seed writes the same bytes.

    python3 tools/generate_grid.py

writes

    assets/examples/generated-grid.csv       3 sizes x 9 ratios x 20 token budgets, and the base rows at 0 tokens
    assets/template.csv                      the file to fill in that the page offers
    tests/fixtures/generated-*.csv           small grids of other shapes
    tests/fixtures/generated-*.truth.json    the parameters and the noise each was made with

The law is the D-CPT Law (Que et al., 2024, arXiv 2406.01375),

    L(N, D, r) = E + A/N^alpha + B r^eta/D^beta + C/(r + eps)^gamma      N, D in billions, r the loss's own corpus,

and a measured loss is L * exp(run effect + checkpoint noise): one effect a run and loss, as real runs have (data
order, the draw of the weights), and a smaller one a validation. The sizes and ratios are the paper's; the parameters
are chosen so that losses look like those of its tables (general near 2.9, domain near 1.8 at 1.8B), so that both
losses fall with the ratio of their own corpus over the whole grid, and so that every parameter can be told.
"""

import json
import math
import random
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# N and D in billions. Both satisfy eta*B*(1+eps)^(gamma+1) < gamma*C: the loss falls with r at r = 1 from D = 1B on.
GENERAL = dict(E=1.95, A=0.45, alpha=0.32, B=0.14, beta=0.45, eta=0.40, C=0.22, gamma=0.70, eps=0.12)
DOMAIN = dict(E=0.95, A=0.30, alpha=0.36, B=0.20, beta=0.40, eta=0.50, C=0.26, gamma=0.60, eps=0.14)

# The paper's nine mixtures, as the domain's share.
RATIOS = [0.0, 0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 0.9, 1.0]


def law(p, n, d, r):
    """The loss at n and d in billions; at r = 0 the token term is 0, its limit for eta > 0."""
    data = p["B"] * r ** p["eta"] / d ** p["beta"] if r > 0 else 0.0
    return p["E"] + p["A"] / n ** p["alpha"] + data + p["C"] / (r + p["eps"]) ** p["gamma"]


def spread(low, high, count):
    """`count` values evenly in the logarithm, rounded to three significant digits."""
    step = math.log(high / low) / (count - 1)
    return [float(f"{low * math.exp(step * i):.3g}") for i in range(count)]


def grid(path, title, seed, sizes, ratios, tokens, run_effect, checkpoint_noise, base):
    """Writes one grid and its truth. Sizes and tokens in billions; noise as standard deviations of ln L."""
    rng = random.Random(seed)
    name = lambda n: f"{n:g}B" if n >= 1 or n == 0.5 else f"{n * 1000:g}M"
    rows, run_effects = [], []
    for n in sizes:
        # The base model: general loss a little under a run on a third of general data, domain loss above a run
        # without any domain data. No noise: a base model is one model.
        base_row = (0, law(GENERAL, n, 20.0, 0.33), 1.02 * law(DOMAIN, n, 20.0, 0.0))
        for r in ratios:
            run = f"{name(n)}-r{r:g}"
            effects = (rng.gauss(0, run_effect), rng.gauss(0, run_effect))
            run_effects.append(effects)
            if base:
                rows.append((run, n, 0.0, r, base_row[1], base_row[2]))
            for d in tokens:
                noise = (rng.gauss(0, checkpoint_noise), rng.gauss(0, checkpoint_noise))
                general = law(GENERAL, n, d, 1.0 - r) * math.exp(effects[0] + noise[0])
                domain = law(DOMAIN, n, d, r) * math.exp(effects[1] + noise[1])
                rows.append((run, n, d, r, general, domain))
    lines = [f"# generated: {title}; made by tools/generate_grid.py with seed {seed}, not measured"]
    lines.append("run,model_size,tokens_B,domain_ratio,general_loss,domain_loss")
    for run, n, d, r, general, domain in rows:
        lines.append(f"{run},{name(n)},{d:g},{r:g},{general:.5f},{domain:.5f}")
    path.write_text("\n".join(lines) + "\n")
    truth = dict(
        file=str(path.relative_to(ROOT)),
        law="d-cpt",
        units="N and D in billions; r is the share of the loss's own corpus",
        general_loss=GENERAL,
        domain_loss=DOMAIN,
        run_effect=run_effect,
        checkpoint_noise=checkpoint_noise,
        seed=seed,
        rows_at_zero_tokens=len(sizes) * len(ratios) if base else 0,
        rows=len(rows),
    )
    out = ROOT / "tests/fixtures" / (path.stem + ".truth.json")
    out.write_text(json.dumps(truth, indent=2) + "\n")
    print(path.relative_to(ROOT), len(rows), "rows")


TEMPLATE = """\
# Template: one row for every validation of a run. Put your numbers in place of these, which are generated and not measured.
# params: model size. tokens: of continual pre-training so far, 0 for the base model. domain_ratio: share of the domain, 0 to 1.
# Losses in nats per token. Columns that you don't have can go; further ones do no harm.
run,params,tokens,domain_ratio,general_loss,domain_loss,seed
"""


def template():
    """The template: few rows, no noise, every column as the reader knows it best."""
    rows = []
    for n in [0.5, 1.8, 4.0]:
        for r in [0.1, 0.33, 0.67, 1.0]:
            for d in [2.0, 5.0, 10.0, 20.0]:
                general, domain = law(GENERAL, n, d, 1.0 - r), law(DOMAIN, n, d, r)
                rows.append(f"{n:g}B-r{r:g},{n:g}B,{d:g}B,{r:g},{general:.4f},{domain:.4f},1")
    path = ROOT / "assets/template.csv"
    path.write_text(TEMPLATE + "\n".join(rows) + "\n")
    print(path.relative_to(ROOT), len(rows), "rows")


def main():
    template()
    fixtures = ROOT / "tests/fixtures"
    # Noise near what the paper's fits leave: its mean Huber loss of 5e-3 allows more, real seeds differ by 2e-3.
    noise = dict(run_effect=0.002, checkpoint_noise=0.001)
    grid(
        ROOT / "assets/examples/generated-grid.csv",
        "a continual pre-training grid from the D-CPT Law with known parameters and noise",
        20240601,
        [0.5, 1.8, 4.0],
        RATIOS,
        [float(t) for t in range(1, 21)],
        base=True,
        **noise,
    )
    grid(
        fixtures / "generated-2x4x6.csv",
        "a small grid, 2 sizes x 4 ratios x 6 token budgets",
        246,
        [0.16, 1.4],
        [0.0, 0.25, 0.6, 1.0],
        spread(0.5, 10, 6),
        base=True,
        **noise,
    )
    grid(
        fixtures / "generated-5x5x10.csv",
        "a grid of 5 sizes x 5 ratios x 10 token budgets without base rows",
        5510,
        [0.07, 0.16, 0.41, 1.0, 2.8],
        [0.05, 0.25, 0.5, 0.75, 1.0],
        spread(0.3, 30, 10),
        base=False,
        **noise,
    )


if __name__ == "__main__":
    main()
