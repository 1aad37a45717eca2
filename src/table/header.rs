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
const GENERAL_CORPORA: [&str; 17] = [
    "slimpajama",
    "redpajama",
    "pile",
    "dolma",
    "fineweb",
    "refinedweb",
    "dclm",
    "commoncrawl",
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
const FILLER: [&str; 27] = [
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
        return hint(Role::Ignore, "header says compute");
    }
    if has(&[
        "step",
        "steps",
        "iter",
        "iters",
        "iteration",
        "iterations",
        "epoch",
        "epochs",
        "lr",
        "schedule",
        "phase",
        "index",
        "time",
        "date",
        "gpu",
        "gpus",
        "batch",
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
    ]) || (has(&["learning"]) && has(&["rate"]))
        || (has(&["sequence", "seq"]) && has(&["length", "len"]))
    {
        return hint(Role::Ignore, "header says training set-up");
    }
    if has(&["lo95", "hi95", "std", "stderr", "stdev", "sem", "err", "error", "ci", "lower", "upper", "var", "sd"]) {
        return hint(Role::Ignore, "header says a spread");
    }
    if has(&["ppl", "perplexity", "acc", "accuracy", "score", "bleu", "f1", "em", "mult", "multiplier"]) {
        return hint(Role::Ignore, "header says another measure");
    }
    if has(&["seed", "seeds", "replicate"]) {
        return hint(Role::Seed, "header says seed");
    }
    let loss = has(&["loss", "losses", "nll", "xent"])
        || (has(&["cross"]) && has(&["entropy"]))
        || matches!(named.as_slice(), ["l", "g" | "d" | "general" | "domain"]);
    if loss {
        if has(&["train", "training"]) && !has(&["after"]) {
            return hint(Role::Ignore, "header says training loss, not an evaluation");
        }
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
