//! Header spellings people use, and the role and unit each is read as.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use ratioscope::table::{self, Reading, Role, Unit};

/// A header, cells that go with it, and what it is.
const SPELLINGS: &[(&str, [&str; 2], Role, Unit)] = &[
    ("params", ["1e9", "2e9"], Role::Size, Unit::One),
    ("n_params", ["70000000", "160000000"], Role::Size, Unit::One),
    ("params_M", ["70", "160"], Role::Size, Unit::Millions),
    ("Parameters (B)", ["0.5", "1.8"], Role::Size, Unit::Billions),
    ("N", ["73824672", "89818214"], Role::Size, Unit::One),
    ("N (millions)", ["70", "160"], Role::Size, Unit::Millions),
    ("model_size", ["1.8B", "555.8M"], Role::Size, Unit::One),
    ("Model Size", ["1.8 B", "4 B"], Role::Size, Unit::One),
    ("ModelSize", ["7b", "13b"], Role::Size, Unit::One),
    ("size", ["70M", "160M"], Role::Size, Unit::One),
    ("size_b", ["0.07", "0.16"], Role::Size, Unit::Billions),
    ("n_params_nonemb", ["18915328", "85056000"], Role::SizeWithoutEmbeddings, Unit::One),
    ("params_nonembedding", ["55536", "154000"], Role::SizeWithoutEmbeddings, Unit::One),
    ("params_no_embed", ["359973888", "1e9"], Role::SizeWithoutEmbeddings, Unit::One),
    ("Non-embedding parameters [M]", ["18.9", "85"], Role::SizeWithoutEmbeddings, Unit::Millions),
    ("params without embeddings", ["1e8", "2e8"], Role::SizeWithoutEmbeddings, Unit::One),
    ("tokens", ["1e9", "2e9"], Role::Tokens, Unit::One),
    ("tokens (B)", ["1", "20"], Role::Tokens, Unit::Billions),
    ("tokens_b", ["1", "20"], Role::Tokens, Unit::Billions),
    ("cpt_tokens_B", ["1", "20"], Role::Tokens, Unit::Billions),
    ("n_tokens", ["1998000000", "3998000000"], Role::Tokens, Unit::One),
    ("Train Tokens (M)", ["100", "200"], Role::Tokens, Unit::Millions),
    ("D", ["1e9", "2e9"], Role::Tokens, Unit::One),
    ("D (billions)", ["1", "2"], Role::Tokens, Unit::Billions),
    ("dataset size", ["20B", "40B"], Role::Tokens, Unit::One),
    ("ratio", ["0.25", "0.5"], Role::DomainShare, Unit::Fraction),
    ("ratio_pct", ["25", "50"], Role::DomainShare, Unit::Percent),
    ("domain_ratio", ["0.25", "0.5"], Role::DomainShare, Unit::Fraction),
    ("domain_ratio_python", ["0.25", "0.5"], Role::DomainShare, Unit::Fraction),
    ("Domain share (%)", ["25", "50"], Role::DomainShare, Unit::Percent),
    ("domain_fraction", ["25 %", "50 %"], Role::DomainShare, Unit::Fraction),
    ("mixture", ["1:9", "1:1"], Role::DomainShare, Unit::Fraction),
    ("r_d", ["0.1", "0.9"], Role::DomainShare, Unit::Fraction),
    ("r", ["10", "90"], Role::DomainShare, Unit::Percent),
    ("domain:general", ["1:9", "1:1"], Role::DomainShare, Unit::Fraction),
    ("general:domain", ["9:1", "1:1"], Role::GeneralShare, Unit::Fraction),
    ("g:d", ["9:1", "1:1"], Role::GeneralShare, Unit::Fraction),
    ("r_g", ["0.1", "0.9"], Role::GeneralShare, Unit::Fraction),
    ("replay", ["0.05", "0.5"], Role::GeneralShare, Unit::Fraction),
    ("replay %", ["5", "50"], Role::GeneralShare, Unit::Percent),
    ("replay_pct", ["0.5", "1"], Role::GeneralShare, Unit::Percent),
    ("general_ratio", ["0.1", "0.9"], Role::GeneralShare, Unit::Fraction),
    ("pile_ratio", ["0.1", "0.9"], Role::GeneralShare, Unit::Fraction),
    ("general_loss", ["2.5", "2.6"], Role::GeneralLoss, Unit::Nats),
    ("General Loss", ["2.5", "2.6"], Role::GeneralLoss, Unit::Nats),
    ("GeneralLoss", ["2.5", "2.6"], Role::GeneralLoss, Unit::Nats),
    ("general_val_loss", ["2.5", "2.6"], Role::GeneralLoss, Unit::Nats),
    ("L_g", ["2.5", "2.6"], Role::GeneralLoss, Unit::Nats),
    ("c4_loss", ["2.5", "2.6"], Role::GeneralLoss, Unit::Nats),
    ("loss (Pile)", ["2.5", "2.6"], Role::GeneralLoss, Unit::Nats),
    ("old_loss_pile", ["2.5", "2.6"], Role::GeneralLoss, Unit::Nats),
    ("domain_loss", ["1.5", "1.6"], Role::DomainLoss, Unit::Nats),
    ("L_d", ["1.5", "1.6"], Role::DomainLoss, Unit::Nats),
    ("python_loss", ["1.5", "1.6"], Role::DomainLoss, Unit::Nats),
    ("Github", ["1.5", "1.6"], Role::DomainLoss, Unit::Nats),
    ("val/loss_medical", ["1.5", "1.6"], Role::DomainLoss, Unit::Nats),
    ("run", ["a", "b"], Role::Run, Unit::Text),
    ("run_id", ["1", "2"], Role::Run, Unit::Text),
    ("experiment", ["a", "b"], Role::Run, Unit::Text),
    ("seed", ["0", "1"], Role::Seed, Unit::Text),
    ("random seed", ["0", "1"], Role::Seed, Unit::Text),
    ("domain", ["law", "music"], Role::Domain, Unit::Text),
    ("target_domain", ["law", "music"], Role::Domain, Unit::Text),
    ("step", ["100", "200"], Role::Step, Unit::One),
    ("warmup_steps", ["100", "200"], Role::Ignore, Unit::Text),
    ("global_step", ["100", "200"], Role::Step, Unit::One),
    ("learning_rate", ["0.001", "0.002"], Role::LearningRate, Unit::Number),
    ("peak_lr", ["0.001", "0.002"], Role::Ignore, Unit::Text),
    ("lr", ["0.001", "0.002"], Role::LearningRate, Unit::Number),
    ("schedule", ["cosine", "wsd"], Role::Schedule, Unit::Text),
    ("FLOPs", ["1e18", "2e18"], Role::Flops, Unit::Number),
    ("TFLOP/s", ["100", "200"], Role::Ignore, Unit::Text),
    ("index", ["1", "2"], Role::Ignore, Unit::Text),
    ("batch size", ["256", "512"], Role::BatchSize, Unit::One),
    ("batch size (tokens)", ["1048576", "524288"], Role::TokensPerStep, Unit::One),
    ("tokens per step", ["1048576", "524288"], Role::TokensPerStep, Unit::One),
    ("seq_len", ["2048", "4096"], Role::SequenceLength, Unit::One),
    ("epochs", ["1", "2"], Role::Epochs, Unit::Number),
    ("tokenizer", ["a", "a"], Role::Tokenizer, Unit::Text),
    ("bytes per token", ["4.1", "4.1"], Role::BytesPerToken, Unit::Number),
    ("python_bpb", ["0.7", "0.8"], Role::DomainLoss, Unit::BitsPerByte),
    ("python ppl", ["3.1", "3.2"], Role::DomainLoss, Unit::Perplexity),
    ("c4 loss (bits/token)", ["3.1", "3.2"], Role::GeneralLoss, Unit::Bits),
    ("wikitext word_perplexity", ["12", "13"], Role::Ignore, Unit::Text),
    ("loss_std", ["0.1", "0.2"], Role::Ignore, Unit::Text),
    ("perplexity", ["12.5", "11"], Role::Ignore, Unit::Text),
];

#[test]
fn header_spellings_give_role_and_unit() {
    assert!(SPELLINGS.len() >= 40);
    let mut wrong = Vec::new();
    for (header, cells, role, unit) in SPELLINGS {
        // A loss and an axis of another kind beside it, so that the file can be read whatever the header is.
        let axis = if matches!(role, Role::Tokens) { ("params", "1e9") } else { ("tokens", "1e9") };
        let loss = if matches!(role, Role::GeneralLoss) { "domain_loss" } else { "general_loss" };
        let text =
            format!("\"{header}\"\t{}\t{loss}\n{}\t{}\t2.5\n{}\t{}\t2.4\n", axis.0, cells[0], axis.1, cells[1], axis.1);
        match table::read(text.as_bytes(), &Reading::default()) {
            Ok(table) => {
                let column = &table.columns[0];
                if (column.role, column.unit) != (*role, *unit) {
                    wrong.push(format!("{header}: {:?} {:?} ({})", column.role, column.unit, column.reason));
                }
                assert!(!column.reason.is_empty(), "{header} has no reason");
            }
            Err(error) => wrong.push(format!("{header}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn general_shares_become_domain_shares() {
    for (header, cell, domain) in [
        ("replay", "0.25", 0.75),
        ("replay %", "25", 0.75),
        ("general:domain", "1:3", 0.75),
        ("domain:general", "1:3", 0.25),
        ("ratio", "0.25-0.75", 0.25),
        ("domain_ratio", "1/4", 0.2),
    ] {
        let text = format!("{header},tokens,general_loss\n{cell},1e9,2.5\n");
        let table = table::read(text.as_bytes(), &Reading::default()).unwrap_or_else(|e| panic!("{header}: {e}"));
        let share = table.observations.domain_share.unwrap()[0];
        assert!((share - domain).abs() < 1e-12, "{header} {cell}: {share}");
    }
}
