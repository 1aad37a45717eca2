// Tables for the browser tests, generated from a D-CPT Law with a little noise: never shown to anybody as measured.

/** A grid as rows of numbers: sizes × ratios × checkpoints, the base model's losses at 0 tokens among them. */
export function grid({ sizes = [5e8, 1.8e9, 4e9], ratios = [0, 0.1, 0.33, 0.67, 1], budgets = [0, 1e9, 2e9, 5e9, 1e10, 2e10] } = {}) {
  let state = 1;
  const noise = () => {
    state = (state * 48271) % 2147483647; // Park and Miller's generator
    return 1 + 0.002 * (state / 2147483647 - 0.5);
  };
  const law = (e, size, share, tokens) => e + 400 / size ** 0.34 + (0.6 * share ** 0.5) / (tokens / 1e9) ** 0.3 + 0.05 / (share + 0.3) ** 1.2;
  const base = { general: (n) => 1.75 + 400 / n ** 0.34, domain: (n) => 2.4 + 400 / n ** 0.34 };
  return sizes.flatMap((size) =>
    ratios.flatMap((ratio) =>
      budgets.map((tokens) => ({
        size,
        ratio,
        tokens,
        general: (tokens === 0 ? base.general(size) : law(1.7, size, 1 - ratio, tokens)) * noise(),
        domain: (tokens === 0 ? base.domain(size) : law(1.2, size, ratio, tokens)) * noise(),
      })),
    ),
  );
}

/** The same grid of runs that changed nothing: each lies beside the base model by its own noise alone. */
export function flat() {
  let state = 7;
  let level = 1;
  return grid().map((row) => {
    if (row.tokens === 0) {
      state = (state * 48271) % 2147483647; // Park and Miller's generator
      level = 1 + 0.01 * (state / 2147483647 - 0.5);
    }
    const of = (base) => (base + 400 / row.size ** 0.34) * (row.tokens === 0 ? 1 : level);
    return { ...row, general: of(1.75), domain: of(2.4) };
  });
}

const HEADER = "params,tokens,domain_ratio,general_loss,domain_loss";

/** The grid as a plain CSV. */
export function csv(rows = grid()) {
  return [HEADER, ...rows.map((row) => [row.size, row.tokens, row.ratio, row.general.toFixed(5), row.domain.toFixed(5)].join(","))].join("\n") + "\n";
}

/** The same table as spreadsheets of half of Europe write it, with two cells nobody can use; says in which lines. */
export function messy() {
  const comma = (value) => String(value).replace(".", ",");
  const rows = grid();
  const lines = [
    "# exported from a spreadsheet",
    "params;tokens (B);domain ratio (%);general_loss;domain_loss",
    ...rows.map((row) => [`${comma(row.size / 1e9)}B`, comma(row.tokens / 1e9), comma(row.ratio * 100), comma(row.general.toFixed(5)), comma(row.domain.toFixed(5))].join(";")),
  ];
  const spoil = (line, column, text) => {
    const cells = lines[line - 1].split(";");
    cells[column] = text;
    lines[line - 1] = cells.join(";");
  };
  spoil(7, 3, "oops");
  spoil(12, 1, "soon");
  lines.push("");
  return { text: `\uFEFF${lines.join("\r\n")}`, rows: rows.length, bad: [{ line: 7, column: "general_loss", read: "oops" }, { line: 12, column: "tokens (B)", read: "soon" }] };
}

/** A small deviation that differs from row to row and is the same every time. */
function wobble(size) {
  let state = 7;
  return () => {
    state = (state * 48271) % 2147483647;
    return 1 + size * (state / 2147483647 - 0.5);
  };
}

/** Rows of cells under a header. */
const table = (header, rows) => [header, ...rows.map((row) => row.join(","))].join("\n") + "\n";

/** Runs from scratch and continued ones, from the cross-lingual law; continued ones are ahead for some hundred billion tokens. */
export function bothKinds() {
  const noise = wobble(1e-3);
  const rows = [0.05, 0.2, 0.6, 1.8, 5.5].flatMap((n) =>
    ["scratch", "continued"].flatMap((start) =>
      [2, 5, 10, 20, 50, 100].map((d) => {
        const tokens = start === "scratch" ? 0.95 / d ** 0.3 : 0.55 / (d ** 0.22 * n ** 0.05);
        return [`${start}-${n}`, start, `${n}B`, `${d}B`, ((1.55 + 0.42 / n ** 0.4 + tokens) * noise()).toFixed(6)];
      })));
  return table("run,start,model_size,tokens,domain_loss", rows);
}

/** One size and one budget over eleven ratios: what data mixing and a merge are about. */
export function oneBudget() {
  const noise = wobble(1e-3);
  const rows = Array.from({ length: 11 }, (_, k) => k / 10).map((r) => [
    "1B", "10B", r, ((1.9 + 0.6 * Math.exp(-3 * (1 - r))) * noise()).toFixed(5), ((1.4 + 0.8 * Math.exp(-2.5 * r)) * noise()).toFixed(5),
  ]);
  return table("params,tokens,domain_ratio,general_loss,domain_loss", rows);
}

/** A general loss that rises with tokens, the more the less of it is replayed. */
export function rising({ domain = true } = {}) {
  const noise = wobble(5e-4);
  const rows = [1e9, 4e9].flatMap((n) => [0.1, 0.3, 0.5, 0.7, 0.9].flatMap((r) => [1, 2, 4, 8, 16].map((d) => {
    const size = 0.3 / (n / 1e9) ** 0.3;
    const general = (2 + size + (0.09 * d ** 0.5) / ((1 + 12 * (1 - r)) * (n / 1e9)) ** 0.45) * noise();
    const own = (1.3 + size + (0.5 * r ** -0.3) / d ** 0.3) * noise();
    return [n, d * 1e9, r, general.toFixed(5), ...(domain ? [own.toFixed(5)] : [])];
  })));
  return table(`params,tokens,domain_ratio,general_loss${domain ? ",domain_loss" : ""}`, rows);
}

/** Runs that see their data once, four and sixteen times. */
export function repeated() {
  const noise = wobble(5e-4);
  const worth = (seen, unique, constant) => (seen <= unique ? seen : unique + unique * constant * (1 - Math.exp(-(seen / unique - 1) / constant)));
  const rows = [0.1, 0.3, 1, 4].flatMap((n) => [2, 5, 10, 20, 50].flatMap((d) => [1, 4, 16].map((passes) => {
    const unique = d / passes;
    const fed = (0.35 * 0.36 / (0.33 * 1)) ** (1 / 0.36) * unique ** (0.33 / 0.36);
    const loss = 1.87 + 0.35 / worth(n, Math.min(n, fed), 6) ** 0.36 + 1 / worth(d, unique, 12) ** 0.33;
    return [`${n}B`, `${d}B`, `${unique}B`, (loss * noise()).toFixed(5)];
  })));
  return table("params,tokens,unique_tokens,domain_loss", rows);
}

/** Scores that saturate. */
export function scores() {
  const noise = wobble(2e-3);
  const rows = [0.1, 0.3, 1, 4].flatMap((n) => [1, 2, 5, 10, 20].map((d) => [`${n}B`, `${d}B`, ((0.85 - 0.09 / n ** 0.4 - 0.2 / d ** 0.3) * noise()).toFixed(5)]));
  return table("params,tokens,accuracy", rows);
}

/** Mixtures of several corpora with a loss on each, from the data mixing law. */
export function mixtures(names) {
  const noise = wobble(1e-3);
  const count = names.length;
  const draw = wobble(2); // 0 to 2, as uniform as it has to be
  const rows = Array.from({ length: 24 + 8 * count }, () => {
    const raw = names.map(() => draw() ** 2 + 0.05);
    const sum = raw.reduce((a, b) => a + b, 0);
    // Four digits that add up to one exactly.
    const shares = raw.map((value) => Math.round((1e4 * value) / sum));
    shares[0] += 1e4 - shares.reduce((a, b) => a + b, 0);
    const r = shares.map((share) => share / 1e4);
    const losses = names.map((_, i) => {
      const effect = r.reduce((total, share, j) => total + share * (i === j ? -2.2 - 0.2 * i : 0.3 * ((i + 2 * j) % 3)), 0);
      return ((1.6 + 0.1 * i + 1.2 * Math.exp(effect)) * noise()).toFixed(5);
    });
    return [...r, ...losses];
  });
  return table([...names.map((name) => `weight_${name}`), ...names.map((name) => `${name}_loss`)].join(","), rows);
}
