
/** One continual pre-training run: the domain corpus's share of the mixture, parameters, tokens. */
export interface Recipe { domain_share: number; size: number; tokens: number }

/** What can be chosen about a fit; everything has a default. */
export interface FitOptions {
  /** `d-cpt`, `chinchilla`, …, or a formula of your own; picked for the data without it. */
  law?: string;
  /** `general`, `domain` or columns; all losses without it. */
  targets?: string[];
  options?: {
    objective?: "huber" | "least-squares-log" | "least-squares";
    /** Where Huber's loss of log residuals turns from square to linear. */
    delta?: number;
    /** Paired draws behind the intervals; 1,000 without it. */
    draws?: number;
    seed?: number;
    /** Level of the intervals, 0.9 without it. */
    level?: number;
  };
}

/** A predicted loss with the law's interval and that of a single new run. */
export interface Prediction {
  loss: number;
  law: [number, number] | null;
  new_run: [number, number] | null;
  without_a_size: [number, number] | null;
  base: number | null;
}

export interface Parameter { value: number; low: number | null; high: number | null; held: boolean }

/** A fit as plain data: what `ratioscope fit --json` writes. */
export interface FitJSON {
  schema: number;
  version: string;
  targets: Record<string, { law: string; parameters: Record<string, Parameter>; objective: number; n: number; r2: number; notes: { code: string; severity: string; text: string }[] }>;
}

/** A number with its interval over the draws. */
export interface Solved { value: number; interval: [number, number] | null }

/** A decision under a law: what it came to, in figures and in words. */
export interface Decision<Answer> {
  level: number;
  headline: string | null;
  laws: { law: string; name: string; words: string[]; notes: { code: string; text: string }[]; outcome: { answered: Answer } | { infeasible: object } | { withheld: object[] } }[];
}

/** What the decisions rest on; everything has a default but what its question is about. */
export interface Choices {
  limit?: { over_base: { rise: number } } | { over_start: { rise: number; start: number } } | { absolute: { loss: number } };
  domain_tokens?: number;
  epochs?: number;
  budget?: { flops: number } | { gpu_hours: number } | { money: number };
  ratio_by?: "limit" | "weights" | "domain_alone" | "what_if";
  /** Weight of the general loss, 0 to 1. */
  weight?: number;
}

export class Fit {
  private constructor();
  free(): void;
  toJSON(): FitJSON;
  static fromJSON(fit: FitJSON | string): Fit;
}

/** Reads a table (CSV, JSON, a tracker's export) and fits a law to its losses. Throws with a sentence where it can't. */
export function fit(table: string | Uint8Array, options?: FitOptions): Fit;
/** The predicted loss of a target at a recipe. */
export function predict(fit: Fit, target: string, recipe: Recipe): Prediction;
/** The answer to a decision at a recipe, solved again on every draw. */
export function decide(fit: Fit, question: "trade-off", recipe: Recipe, choices?: Choices): Decision<{ ratio: Solved; recipe: Recipe }>;
export function decide(fit: Fit, question: "allocate", recipe: Recipe, choices: Choices): Decision<{ size: Solved; tokens: Solved; ratio: Solved; recipe: Recipe }>;
export function decide(fit: Fit, question: "limited" | "frontier", recipe: Recipe, choices?: Choices): Decision<object>;
export function decide(fit: Fit, question: "tasks", recipe: Recipe, choices?: Choices): object;
