//! What a header says by its spelling: the role, the unit and the corpus it names.
//!
//! Headers are split into lower-case words ("tokens_B", "Tokens (B)" and "tokensB" all say tokens and b). The word
//! lists are the spellings seen in papers' tables, trackers' exports and this project's own test files.

use super::role::{Role, Unit};

/// What a header alone suggests.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spelling {
    /// The role, where a word says one.
    pub role: Option<Role>,
    /// The unit, where a word says one.
    pub unit: Option<Unit>,
    /// Words left over: the corpus a share or a loss is of ("arxiv" of "weight_arxiv").
    pub stem: Vec<String>,
    /// Why, in a few words.
    pub reason: String,
}

/// Corpora that papers use as the general one.
const GENERAL_CORPORA: [&str; 17] = [
    "pile",
    "c4",
    "slimpajama",
    "redpajama",
    "fineweb",
    "dolma",
    "openwebtext",
    "wikitext",
    "commoncrawl",
    "cc",
    "dclm",
    "refinedweb",
    "falcon",
    "pajama",
    "webtext",
    "english",
    "slim",
];
const GENERAL_WORDS: [&str; 8] = ["general", "gen", "old", "source", "pt", "pretrain", "pretraining", "replay"];
const DOMAIN_WORDS: [&str; 6] = ["domain", "dom", "target", "new", "downstream", "specific"];
const LOSS_WORDS: [&str; 6] = ["loss", "losses", "nll", "ce", "xent", "crossentropy"];
const SHARE_WORDS: [&str; 12] = [
    "ratio",
    "share",
    "mix",
    "mixture",
    "proportion",
    "fraction",
    "frac",
    "weight",
    "weights",
    "replay",
    "r",
    "percentage",
];
const SIZE_WORDS: [&str; 9] =
    ["params", "param", "parameters", "parameter", "size", "nparams", "modelsize", "paramcount", "nparameters"];
const TOKEN_WORDS: [&str; 5] = ["tokens", "token", "toks", "ntokens", "datasize"];
/// Words that only say which number it is, and name no corpus.
const FILLER: [&str; 21] = [
    "val",
    "valid",
    "validation",
    "eval",
    "test",
    "n",
    "num",
    "number",
    "of",
    "the",
    "model",
    "total",
    "count",
    "seen",
    "train",
    "training",
    "cpt",
    "on",
    "in",
    "metric",
    "l",
];

/// The words of a header, in lower case, split at signs and where small letters meet capitals.
pub(super) fn words(header: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut before_small = false;
    for c in header.chars() {
        let starts = c.is_uppercase() && before_small;
        if !c.is_alphanumeric() && c != '%' || starts {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
        }
        if c == '%' {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            words.push("%".to_owned());
        } else if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        before_small = c.is_lowercase();
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// Whether a name says the general corpus.
pub(super) fn is_general(name: &[String]) -> bool {
    let has = |list: &[&str]| name.iter().any(|word| list.contains(&word.as_str()));
    !has(&DOMAIN_WORDS) && (has(&GENERAL_WORDS) || has(&GENERAL_CORPORA))
}

/// What a header says.
pub(super) fn spelling(header: &str) -> Spelling {
    let all = words(header);
    let joined = all.join(" ");
    let has = |word: &str| all.iter().any(|w| w == word);
    let any = |list: &[&str]| list.iter().any(|word| has(word));
    let none =
        |reason: &str| Spelling { role: Some(Role::Ignore), unit: None, stem: Vec::new(), reason: reason.to_owned() };

    if any(&[
        "step",
        "steps",
        "lr",
        "schedule",
        "phase",
        "epoch",
        "epochs",
        "wall",
        "time",
        "date",
        "index",
        "idx",
        "iteration",
    ]) || joined.contains("learning rate")
    {
        return none("a step, rate or bookkeeping column");
    }
    if any(&["flop", "flops", "compute", "gflops"]) || joined == "c" {
        return none("compute; size and tokens are used instead");
    }
    if any(&["ppl", "perplexity", "acc", "accuracy", "bpb"]) {
        return none("not a loss in nats");
    }
    if any(&LOSS_WORDS)
        && any(&["lo", "hi", "lo95", "hi95", "std", "stderr", "se", "sem", "ci", "min", "max", "lower", "upper", "var"])
    {
        return none("the spread of a loss");
    }
    if any(&LOSS_WORDS) && any(&["train", "training"]) && !any(&["val", "validation", "eval"]) {
        return none("a training loss; laws are fitted to validation losses");
    }
    let stem: Vec<String> = all
        .iter()
        .filter(|word| {
            let word = word.as_str();
            !(LOSS_WORDS.contains(&word)
                || SHARE_WORDS.contains(&word)
                || FILLER.contains(&word)
                || DOMAIN_WORDS.contains(&word)
                || matches!(word, "general" | "gen" | "%" | "pct" | "percent" | "g" | "d"))
        })
        .cloned()
        .collect();
    let found = |role: Role, unit: Option<Unit>, what: &str| Spelling {
        role: Some(role),
        unit,
        stem: stem.clone(),
        reason: match unit {
            Some(unit) => format!("header says {what} in {}", unit.label()),
            None => format!("header says {what}"),
        },
    };

    // Losses before the rest: "loss_per_token" is a loss and "domain_loss" no domain.
    let l_of = |which: &str| joined == format!("l {which}") || joined == format!("l{which}");
    if any(&LOSS_WORDS)
        || joined.contains("cross entropy")
        || l_of("g")
        || l_of("d")
        || (has("val") && all.len() == 2 && !any(&["set", "step"]))
    {
        if l_of("g") || is_general(&all) {
            return found(Role::GeneralLoss, None, "a general loss");
        }
        if l_of("d") || any(&DOMAIN_WORDS) || !stem.is_empty() {
            return found(Role::DomainLoss, None, "a domain loss");
        }
        return found(Role::Loss, None, "a loss");
    }
    if has("seed") || joined == "rng" {
        return found(Role::Seed, None, "a seed");
    }
    if matches!(
        joined.as_str(),
        "eval set"
            | "evaluation set"
            | "eval"
            | "evaluation"
            | "val set"
            | "dataset"
            | "eval dataset"
            | "benchmark"
            | "task"
            | "evaluated on"
            | "validation set"
            | "test set"
    ) {
        return found(Role::EvaluationSet, None, "the evaluation set");
    }
    let without_embeddings = any(&["nonemb", "nonembedding", "nonembed", "noembed", "noemb"])
        || [
            "non emb",
            "non embed",
            "non embedding",
            "non embeddings",
            "no emb",
            "no embed",
            "no embedding",
            "no embeddings",
            "without embeddings",
            "without embedding",
        ]
        .iter()
        .any(|text| joined.contains(text));
    let unit = count_unit(&all);
    if any(&TOKEN_WORDS)
        || joined == "d"
        || joined.starts_with("dataset size")
        || joined.starts_with("data size")
        || joined == "d billions"
        || joined == "d b"
    {
        if any(&["pt", "pretrain", "pretraining"]) && !has("cpt") {
            return none("tokens of pre-training, before the adaptation");
        }
        return found(Role::Tokens, unit, "tokens");
    }
    if any(&["pct", "percent", "%"])
        || any(&SHARE_WORDS)
        || matches!(joined.as_str(), "rd" | "rg" | "r d" | "r g" | "g d" | "general domain")
    {
        let percent = any(&["pct", "percent", "%", "percentage"]).then_some(Unit::Percent);
        // "general:domain", as papers write it: the first part is the general share.
        let general = matches!(joined.as_str(), "rg" | "r g" | "g d" | "general domain")
            || joined.starts_with("general domain")
            || is_general(&all);
        return match general {
            true => found(Role::GeneralShare, percent, "the general ratio"),
            false => found(Role::DomainShare, percent, "the domain ratio"),
        };
    }
    if without_embeddings {
        return found(Role::SizeWithoutEmbeddings, unit, "parameters without embeddings");
    }
    if any(&SIZE_WORDS) || matches!(joined.as_str(), "n" | "n b" | "n m" | "n billions" | "n millions") {
        return found(Role::Size, unit, "model size");
    }
    if matches!(
        joined.as_str(),
        "run"
            | "run id"
            | "run name"
            | "name"
            | "experiment"
            | "exp"
            | "experiment id"
            | "id"
            | "trial"
            | "job"
            | "runid"
    ) {
        return found(Role::Run, None, "the run");
    }
    if matches!(joined.as_str(), "domain" | "domain name" | "corpus" | "target domain" | "domain corpus" | "new domain")
    {
        return found(Role::Domain, None, "the domain");
    }
    Spelling { role: None, unit, stem: all, reason: String::new() }
}

/// The unit a header's words say: "(B)", "_M", "billions".
fn count_unit(words: &[String]) -> Option<Unit> {
    words.iter().rev().find_map(|word| match word.as_str() {
        "k" | "thousand" | "thousands" => Some(Unit::Thousands),
        "m" | "mm" | "million" | "millions" => Some(Unit::Millions),
        "b" | "bn" | "g" | "billion" | "billions" => Some(Unit::Billions),
        "t" | "trillion" | "trillions" => Some(Unit::Trillions),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Role, Unit, spelling};

    #[test]
    fn headers_people_write() {
        use Role::{
            Domain, DomainLoss, DomainShare, EvaluationSet, GeneralLoss, GeneralShare, Ignore, Loss, Run, Seed, Size,
            SizeWithoutEmbeddings, Tokens,
        };
        let cases: [(&str, Role, Option<Unit>); 58] = [
            ("N", Size, None),
            ("params", Size, None),
            ("n_params", Size, None),
            ("Parameters", Size, None),
            ("Model Size", Size, None),
            ("model_size", Size, None),
            ("size", Size, None),
            ("params_M", Size, Some(Unit::Millions)),
            ("params (B)", Size, Some(Unit::Billions)),
            ("size_B", Size, Some(Unit::Billions)),
            ("num_parameters", Size, None),
            ("n_params_nonemb", SizeWithoutEmbeddings, None),
            ("params_nonembedding", SizeWithoutEmbeddings, None),
            ("params_no_embed", SizeWithoutEmbeddings, None),
            ("Non-embedding parameters", SizeWithoutEmbeddings, None),
            ("D", Tokens, None),
            ("tokens", Tokens, None),
            ("n_tokens", Tokens, None),
            ("tokens_B", Tokens, Some(Unit::Billions)),
            ("tokens (B)", Tokens, Some(Unit::Billions)),
            ("Tokens [billions]", Tokens, Some(Unit::Billions)),
            ("cpt_tokens_B", Tokens, Some(Unit::Billions)),
            ("D (billions)", Tokens, Some(Unit::Billions)),
            ("training tokens", Tokens, None),
            ("ratio", DomainShare, None),
            ("r", DomainShare, None),
            ("r_d", DomainShare, None),
            ("domain_ratio", DomainShare, None),
            ("domain_ratio_python", DomainShare, None),
            ("mixture ratio", DomainShare, None),
            ("domain %", DomainShare, Some(Unit::Percent)),
            ("weight_arxiv", DomainShare, None),
            ("r_g", GeneralShare, None),
            ("general_ratio_pile", GeneralShare, None),
            ("general:domain", GeneralShare, None),
            ("replay_pct", GeneralShare, Some(Unit::Percent)),
            ("replay ratio", GeneralShare, None),
            ("weight_commoncrawl", GeneralShare, None),
            ("general_loss", GeneralLoss, None),
            ("generalLoss", GeneralLoss, None),
            ("L_g", GeneralLoss, None),
            ("val_gen", GeneralLoss, None),
            ("general_loss_pile", GeneralLoss, None),
            ("old_loss_pile", GeneralLoss, None),
            ("c4_loss", GeneralLoss, None),
            ("L_d", DomainLoss, None),
            ("domain loss", DomainLoss, None),
            ("val_chem", DomainLoss, None),
            ("new_loss", DomainLoss, None),
            ("arxiv_loss", DomainLoss, None),
            ("loss", Loss, None),
            ("eval_loss", Loss, None),
            ("eval_set", EvaluationSet, None),
            ("run", Run, None),
            ("seed", Seed, None),
            ("domain", Domain, None),
            ("learning_rate", Ignore, None),
            ("loss_tok_lo95", Ignore, None),
        ];
        for (header, role, unit) in cases {
            let found = spelling(header);
            assert_eq!((found.role, found.unit), (Some(role), unit), "{header}: {found:?}");
        }
    }

    #[test]
    fn a_corpus_name_alone_says_no_role() {
        for header in ["Github", "Pile-CC", "x"] {
            assert_eq!(spelling(header).role, None, "{header}");
        }
    }
}
