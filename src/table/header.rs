//! What a header alone says: the role of its column and the unit of its numbers.

use super::role::{Role, Unit};

/// What a header says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Hint {
    /// The role, where the header names one.
    pub role: Option<Role>,
    /// The unit, where the header names one.
    pub unit: Option<Unit>,
    /// Why, in a few words.
    pub reason: &'static str,
    /// Whether the words say which side it is ("general", "replay", "r_d"), and not only a corpus' name or nothing.
    pub explicit: bool,
    /// What is left of the header: the corpus of "weight_arxiv" and "arxiv_loss" is "arxiv".
    pub stem: String,
}

/// Corpora people replay as the general one, the biggest first: where several losses look general the first is used.
const GENERAL_CORPORA: [&str; 18] = [
    "slimpajama",
    "redpajama",
    "pile",
    "dolma",
    "fineweb",
    "refinedweb",
    "dclm",
    "commoncrawl",
    "pilecc",
    "cc",
    "c4",
    "mc4",
    "openwebtext",
    "owt",
    "web",
    "webtext",
    "wikitext",
    "openlm",
];

/// Corpora people continue on. One of these beside a general name ("pile_arxiv") makes it a domain.
const DOMAIN_CORPORA: [&str; 34] = [
    "github",
    "python",
    "code",
    "stack",
    "starcoder",
    "arxiv",
    "math",
    "law",
    "legal",
    "freelaw",
    "medical",
    "medicine",
    "biomedical",
    "chemistry",
    "music",
    "finance",
    "book",
    "books",
    "stackexchange",
    "pubmed",
    "german",
    "french",
    "chinese",
    "japanese",
    "wikipedia",
    "wiki",
    "pes2o",
    "s2orc",
    "reddit",
    "science",
    "physics",
    "news",
    "openhermes",
    "patents",
];

/// Words that only say that a loss is an evaluation's.
const FILLER: [&str; 43] = [
    "val",
    "valid",
    "validation",
    "eval",
    "evaluation",
    "test",
    "heldout",
    "held",
    "out",
    "final",
    "lm",
    "loss",
    "losses",
    "nll",
    "xent",
    "ce",
    "cross",
    "entropy",
    "nats",
    "l",
    "per",
    "token",
    "mean",
    "avg",
    "the",
    "on",
    "set",
    "value",
    "nat",
    "bit",
    "bits",
    "byte",
    "bytes",
    "bpb",
    "bpt",
    "bpc",
    "ppl",
    "perplexity",
    "metric",
    "metrics",
    "wall",
    "smoothed",
    "best",
];

/// The place of a corpus among the general ones, the biggest first; `None` where it is not one of them.
pub(super) fn general_rank(name: &str) -> Option<usize> {
    let words = words(name);
    if words.iter().any(|w| matches!(w.as_str(), "general" | "replay" | "old")) {
        return Some(0);
    }
    if words.iter().any(|w| DOMAIN_CORPORA.contains(&w.as_str()) || w == "domain") {
        return None;
    }
    let joined = words.concat();
    GENERAL_CORPORA
        .iter()
        .position(|c| words.iter().any(|w| w == c) || joined == *c || (*c == "commoncrawl" && joined.contains(c)))
        .map(|at| at + 1)
}

/// Whether a name is a corpus that is known at all.
fn known_corpus(words: &[String], name: &str) -> bool {
    general_rank(name).is_some() || words.iter().any(|w| DOMAIN_CORPORA.contains(&w.as_str()))
}

/// Whether a word only says that a column is an evaluation's loss, or a share.
pub(super) fn is_filler(word: &str) -> bool {
    FILLER.contains(&word) || SHARE_WORDS.contains(&word)
}

/// Lower-case words of a header: "ModelSize_(B)" is model, size, b.
pub(super) fn words(header: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut before_lower = false;
    for c in header.chars() {
        let camel = before_lower && c.is_uppercase();
        if (!c.is_alphanumeric() || camel) && !word.is_empty() {
            all.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        before_lower = c.is_lowercase();
    }
    if !word.is_empty() {
        all.push(word);
    }
    all
}

/// The unit a header names: "tokens (B)", "params_M", "D (billions)", "replay %".
fn unit(header: &str, words: &[String]) -> Option<Unit> {
    if header.contains('%') {
        return Some(Unit::Percent);
    }
    let long = words.iter().find_map(|word| match word.as_str() {
        "pct" | "percent" | "percentage" => Some(Unit::Percent),
        "fraction" | "frac" => Some(Unit::Fraction),
        "thousand" | "thousands" | "1e3" => Some(Unit::Thousands),
        "million" | "millions" | "mn" | "1e6" => Some(Unit::Millions),
        "billion" | "billions" | "bn" | "1e9" => Some(Unit::Billions),
        "trillion" | "trillions" | "tn" | "1e12" => Some(Unit::Trillions),
        _ => None,
    });
    // A single letter is a unit only at the end: the first word "t" is a column of its own.
    long.or_else(|| match words.split_last() {
        Some((last, before)) if !before.is_empty() => match last.as_str() {
            "k" => Some(Unit::Thousands),
            "m" => Some(Unit::Millions),
            "b" => Some(Unit::Billions),
            "t" => Some(Unit::Trillions),
            _ => None,
        },
        _ => None,
    })
}

/// Reads a header.
pub(super) fn read(header: &str) -> Hint {
    let words = words(header);
    let unit = unit(header, &words);
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    let stem = words
        .iter()
        .filter(|w| !FILLER.contains(&w.as_str()) && !SHARE_WORDS.contains(&w.as_str()))
        .map(String::as_str)
        .collect::<Vec<_>>()
        .concat();
    let named = words.iter().filter(|w| !UNIT_WORDS.contains(&w.as_str())).map(String::as_str).collect::<Vec<_>>();
    let side = side(&words);
    let hint = |role: Role, reason: &'static str| Hint {
        role: Some(role),
        unit,
        reason,
        explicit: side.is_some(),
        stem: stem.clone(),
    };

    if has(&["flop", "flops", "compute", "pfdays", "exaflops"]) || named == ["c"] {
        // A rate, or another unit than one FLOP, is no budget.
        let other = has(&["pfdays", "exaflops", "s", "sec", "second", "per", "gpu", "tflops", "mfu"]);
        return hint(if other { Role::Ignore } else { Role::Flops }, "header says compute");
    }
    if has(&["lo95", "hi95", "std", "stderr", "stdev", "sem", "err", "error", "ci", "lower", "upper", "var", "sd"])
        || (has(&["min", "max"]) && header.contains("__M"))
    {
        return hint(Role::Ignore, "header says a spread");
    }
    if has(&["acc", "accuracy", "score", "bleu", "f1", "em", "mult", "multiplier", "rouge", "r2", "huber"]) {
        return hint(Role::Ignore, "header says another measure");
    }
    if let Some((role, reason)) = setup(&words) {
        return hint(role, reason);
    }
    if has(&["seed", "seeds", "replicate"]) {
        return hint(Role::Seed, "header says seed");
    }
    let measure = measure(&words);
    let loss = has(&["loss", "losses", "nll", "xent"])
        || measure.is_some()
        || (has(&["cross"]) && has(&["entropy"]))
        || matches!(named.as_slice(), ["l", "g" | "d" | "general" | "domain"]);
    if loss {
        if has(&["word", "words"]) && has(&["ppl", "perplexity"]) {
            return hint(Role::Ignore, "header says perplexity per word: neither per token nor per byte");
        }
        if has(&["train", "training"]) && !has(&["after"]) {
            return Hint { unit: measure, ..hint(Role::Ignore, TRAINING) };
        }
        let hint = |role: Role, reason: &'static str| Hint { unit: measure, ..hint(role, reason) };
        return match side {
            Some(Side::General) => hint(Role::GeneralLoss, "header says general loss"),
            Some(Side::Domain) => hint(Role::DomainLoss, "header says domain loss"),
            None if stem.is_empty() => hint(Role::Loss, "header says loss"),
            None if general_rank(header).is_some() => hint(Role::GeneralLoss, "loss on a known general corpus"),
            None => hint(Role::DomainLoss, "loss on a corpus that is not known as general"),
        };
    }
    let text_of = has(&["name", "set", "dataset", "corpus", "id"]);
    let share = has(&SHARE_WORDS)
        || has(&["replay"])
        || unit == Some(Unit::Percent)
        || matches!(named.as_slice(), ["r"] | ["r", "g" | "d"] | ["rg" | "rd"] | ["g" | "general", "d" | "domain"])
        || matches!(named.as_slice(), ["d" | "domain", "g" | "general"]);
    if share && !text_of {
        return match side {
            Some(Side::General) => hint(Role::GeneralShare, "header says general ratio"),
            Some(Side::Domain) => hint(Role::DomainShare, "header says domain ratio"),
            None if general_rank(header).is_some() => hint(Role::GeneralShare, "share of a known general corpus"),
            None => hint(Role::DomainShare, "header says ratio: taken as the domain's"),
        };
    }
    if has(&["eval", "evaluation", "validation", "val", "test"]) && (text_of || has(&["domain", "data", "on"]))
        || matches!(named.as_slice(), ["eval" | "dataset" | "corpus" | "set"])
    {
        return hint(Role::EvaluationSet, "header says evaluation set");
    }
    if has(&["tokens", "token"]) && !has(&["per", "tokenizer"])
        || matches!(
            named.as_slice(),
            ["d"] | ["dataset" | "data", "size"] | ["token" | "training", "budget"] | ["budget"]
        )
    {
        return hint(Role::Tokens, "header says tokens");
    }
    if has(&["params", "param", "parameters", "parameter", "size", "nparams", "nonembedding"])
        || matches!(named.as_slice(), ["n"] | ["n", "nonemb" | "noemb"])
    {
        let without = has(&["nonemb", "noemb", "nonembedding", "nonembeddings"])
            || (has(&["non", "no", "without", "excl", "excluding", "wo"])
                && words.iter().any(|w| w.starts_with("emb")));
        return match without {
            true => hint(Role::SizeWithoutEmbeddings, "header says parameters without embeddings"),
            false => hint(Role::Size, "header says model size"),
        };
    }
    if matches!(
        named.as_slice(),
        ["domain"] | ["domain", "name"] | ["target", "domain"] | ["domain", "corpus" | "dataset"]
    ) {
        return hint(Role::Domain, "header says domain");
    }
    if has(&["run", "experiment", "exp", "trial", "recipe"]) || matches!(named.as_slice(), ["name"] | ["id"]) {
        return hint(Role::Run, "header says run");
    }
    let reason = if known_corpus(&words, header) { "header names a corpus" } else { "header not recognised" };
    Hint { role: None, unit, reason, explicit: side.is_some(), stem: words.concat() }
}

/// The reason of a training loss, which is read only where no evaluation is.
pub(super) const TRAINING: &str = "header says training loss, not an evaluation";

/// How a header says its losses are measured; `None` where it does not say, which is nats per token.
fn measure(words: &[String]) -> Option<Unit> {
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    let byte = has(&["byte", "bytes"]);
    if has(&["ppl", "perplexity"]) {
        return Some(if byte { Unit::BytePerplexity } else { Unit::Perplexity });
    }
    if has(&["bpb"]) || (has(&["bit", "bits"]) && byte) {
        return Some(Unit::BitsPerByte);
    }
    if has(&["bpt"]) || (has(&["bit", "bits"]) && has(&["token", "loss", "nll"])) {
        return Some(Unit::Bits);
    }
    (byte && has(&["nats", "nat", "loss", "nll"])).then_some(Unit::NatsPerByte)
}

/// Columns of the training set-up: those that say where the run stands, and those that are not used.
fn setup(words: &[String]) -> Option<(Role, &'static str)> {
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    let only = |list: &[&str]| words.iter().all(|w| list.contains(&w.as_str()));
    if has(&["byte", "bytes"]) && has(&["token"]) && has(&["per"]) {
        return Some((Role::BytesPerToken, "header says bytes per token"));
    }
    if has(&["tokenizer", "tokeniser"]) {
        return Some((Role::Tokenizer, "header says tokenizer"));
    }
    if has(&["batch", "bsz", "bs"]) || (has(&["tokens"]) && has(&["per"]) && has(&["step", "iteration", "update"])) {
        if has(&["tokens", "token"]) {
            return Some((Role::TokensPerStep, "header says tokens in a step"));
        }
        let part = has(&["micro", "device", "gpu", "eval", "val", "rampup", "warmup"]);
        return Some((if part { Role::Ignore } else { Role::BatchSize }, "header says batch size"));
    }
    if (has(&["sequence", "seq", "context", "ctx", "block"]) && has(&["length", "len", "size"]))
        || only(&["seqlen", "context", "max"])
    {
        return Some((Role::SequenceLength, "header says tokens in a sequence"));
    }
    if matches!(words, [one] if ["start", "init", "initialisation", "initialization", "begun"].contains(&one.as_str()))
        || has(&["scratch"])
        || (has(&["start"]) && has(&["from", "kind"]))
    {
        return Some((Role::Start, "header says how the run began"));
    }
    if has(&["unique"]) && has(&["tokens", "token", "data"]) {
        return Some((Role::UniqueTokens, "header says unique tokens"));
    }
    let number =
        ["n", "num", "number", "of", "global", "train", "training", "cpt", "at", "final", "last", "current", "trainer"];
    let counts = |counted: &[&str]| words.iter().all(|w| counted.contains(&w.as_str()) || number.contains(&w.as_str()));
    if has(&["step", "steps", "iter", "iters", "iteration", "iterations"]) {
        let step = counts(&["step", "steps", "iter", "iters", "iteration", "iterations"]);
        return Some((if step { Role::Step } else { Role::Ignore }, "header says steps"));
    }
    if has(&["epoch", "epochs"]) {
        let epochs = counts(&["epoch", "epochs"]);
        return Some((if epochs { Role::Epochs } else { Role::Ignore }, "header says epochs"));
    }
    if has(&["schedule", "scheduler"]) {
        return Some((Role::Schedule, "header says schedule"));
    }
    if has(&["lr"]) || (has(&["learning"]) && has(&["rate"])) {
        // A peak or a multiplier holds for a whole run and says nothing about where a checkpoint stands.
        let now = !has(&["peak", "max", "min", "base", "initial", "multiplier", "mult", "warmup", "decay", "ratio"]);
        return Some((if now { Role::LearningRate } else { Role::Ignore }, "header says learning rate"));
    }
    let other = [
        "phase",
        "index",
        "time",
        "date",
        "timestamp",
        "gpu",
        "gpus",
        "warmup",
        "optimizer",
        "note",
        "notes",
        "comment",
        "vocab",
        "context",
        "hours",
        "wallclock",
        "decay",
        "grad",
        "norm",
        "throughput",
        "runtime",
        "elapsed",
        "scale",
    ];
    has(&other).then_some((Role::Ignore, "header says training set-up"))
}

/// Words that make a column a share.
const SHARE_WORDS: [&str; 14] = [
    "ratio",
    "ratios",
    "share",
    "fraction",
    "frac",
    "weight",
    "weights",
    "proportion",
    "mixture",
    "mix",
    "pct",
    "percent",
    "percentage",
    "prop",
];

/// Words that are only a unit.
const UNIT_WORDS: [&str; 16] = [
    "k",
    "m",
    "b",
    "t",
    "bn",
    "mn",
    "tn",
    "pct",
    "thousand",
    "million",
    "millions",
    "billion",
    "billions",
    "trillion",
    "trillions",
    "percent",
];

/// Which corpus the words of a header speak of.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    General,
    Domain,
}

/// The first word that says which corpus: in "general:domain" the first part is the general share.
fn side(words: &[String]) -> Option<Side> {
    let explicit = words.iter().find_map(|word| match word.as_str() {
        "general" | "gen" | "g" | "rg" | "lg" => Some(Side::General),
        "domain" | "target" | "d" | "rd" | "ld" => Some(Side::Domain),
        _ => None,
    });
    explicit.or_else(|| {
        words.iter().find_map(|word| match word.as_str() {
            "replay" | "old" => Some(Side::General),
            "new" => Some(Side::Domain),
            _ => None,
        })
    })
}
