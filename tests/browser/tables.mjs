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
