//! What numbers stand for: axes worked out from others, mixtures, measures of losses, seeds, schedules, filters.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use ratioscope::table::{
    self, Choice, Constant, Decay, Filter, Keep, LossKind, Measure, Per, Problem, ReadError, Reading, Role, Source,
    Table, Unit,
};
use std::collections::BTreeMap;

fn read(text: &str, reading: &Reading) -> Table {
    table::read(text.as_bytes(), reading).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn with(constants: &[(Constant, f64)]) -> Reading {
    Reading { constants: constants.iter().copied().collect(), ..Reading::default() }
}

fn close(found: &Option<Vec<f64>>, expected: &[f64]) {
    let found = found.as_deref().unwrap();
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (a, b) in found.iter().zip(expected) {
        assert!((a - b).abs() <= 1e-12 * b.abs(), "{found:?} is not {expected:?}");
    }
}

#[test]
fn tokens_from_steps_flops_and_epochs() {
    let columns = read("step,batch_size,seq_len,loss\n10,256,2048,2.5\n20,512,2048,2.4\n", &Reading::default());
    close(&columns.observations.tokens, &[10.0 * 256.0 * 2048.0, 20.0 * 512.0 * 2048.0]);
    assert_eq!(columns.axes[1].source, Source::Steps);
    let mixed = read("step,seq_len,loss\n10,1024,2.5\n", &with(&[(Constant::BatchSize, 8.0)]));
    close(&mixed.observations.tokens, &[10.0 * 8.0 * 1024.0]);
    let step = read("step,loss\n1k,2.5\n2k,2.4\n", &with(&[(Constant::TokensPerStep, 4e6)]));
    close(&step.observations.tokens, &[4e9, 8e9]);
    let flops = read("params,flops,loss\n1e9,6e18,2.5\n2e9,6e18,2.4\n", &Reading::default());
    close(&flops.observations.tokens, &[1e9, 5e8]);
    assert_eq!(flops.axes[1].source, Source::Flops);
    let size = read("tokens,C,loss\n1e9,6e18,2.5\n", &Reading::default());
    close(&size.observations.size, &[1e9]);
    let epochs = read("epoch,loss\n0.5,2.5\n1,2.4\n", &with(&[(Constant::CorpusTokens, 3e9)]));
    close(&epochs.observations.tokens, &[1.5e9, 3e9]);
    // A column comes before what can be worked out, and what is typed before that.
    let both =
        read("tokens,step,loss\n7e9,10,2.5\n", &with(&[(Constant::TokensPerStep, 4e6), (Constant::Tokens, 1.0)]));
    close(&both.observations.tokens, &[7e9]);
    let typed = read(
        "step,loss\n10,2.5\n",
        &with(&[
            (Constant::TokensPerStep, 4e6),
            (Constant::Tokens, 5e9),
            (Constant::Size, 1e9),
            (Constant::DomainShare, 0.25),
        ]),
    );
    close(&typed.observations.tokens, &[5e9]);
    close(&typed.observations.size, &[1e9]);
    close(&typed.observations.domain_share, &[0.25]);
    let wrong = read("tokens,loss\n1e9,2.5\n", &with(&[(Constant::DomainShare, 1.5)]));
    assert!(matches!(wrong.problems.kept[..], [Problem::Constant { constant: Constant::DomainShare, .. }]));
    assert_eq!(wrong.observations.domain_share, None);
    let bad = read("step,batch_size,seq_len,loss\n10,256,2048,2.5\n20,many,2048,2.4\n", &Reading::default());
    assert_eq!(bad.observations.line, [2]);
    assert!(bad.problems.kept[0].to_string().starts_with("Row 3, batch_size: read “many”"), "{:?}", bad.problems);
}

#[test]
fn whole_mixtures_in_a_cell() {
    let text = "tokens,mixture,general_loss\n1e9,\"pile:0.3,code:0.7\",2.5\n2e9,\"{'pile': 1, 'code': 1, 'math': 2}\",2.4\n3e9,70% code + 30% web,2.3\n";
    let table = read(text, &Reading::default());
    assert_eq!(
        table.corpora.iter().map(|c| (c.name.as_str(), c.domain)).collect::<Vec<_>>(),
        [("pile", false), ("code", true), ("math", false), ("web", false)]
    );
    close(&table.observations.domain_share, &[0.7, 0.25, 0.7]);
    assert!(
        matches!(&table.problems.kept[..], [Problem::Mixture { used, .. }] if used == "code"),
        "{:?}",
        table.problems
    );
    let two = Reading { domain_corpora: vec!["code".into(), "math".into()], ..Reading::default() };
    let table = read(text, &two);
    close(&table.observations.domain_share, &[0.7, 0.75, 0.7]);
    assert!(table.problems.kept.is_empty(), "picked by hand, so not asked: {:?}", table.problems);
    assert_eq!(table.axes[2].source, Source::Mixture);
    let pair = read("tokens,ratio,general_loss\n1e9,0.25-0.75,2.5\n", &Reading::default());
    close(&pair.observations.domain_share, &[0.25]);
    let gone = read(text, &Reading { domain_corpora: vec!["law".into()], ..Reading::default() });
    assert!(gone.problems.kept.iter().any(|p| matches!(p, Problem::NotInFile { name } if name == "law")));
}

#[test]
fn one_column_a_corpus_that_add_up_to_one() {
    let text = "tokens,w_web,w_code,w_math,web_loss,code_loss,math_loss\n1e9,0.5,0.3,0.2,2.5,1.5,1.9\n1e9,0.2,0.3,0.5,2.6,1.5,1.8\n1e9,0.5,0.3,0.4,2.6,1.5,1.8\n1e9,0.2,0.4,0.4,2.6,1.5,1.8\n1e9,0.1,0.5,0.4,2.6,1.5,1.8\n1e9,0.1,0.5,0.4,2.6,1.5,1.8\n1e9,0.1,0.5,0.4,2.6,1.5,1.8\n1e9,0.1,0.5,0.4,2.6,1.5,1.8\n1e9,0.1,0.5,0.4,2.6,1.5,1.8\n1e9,0.1,0.5,0.4,2.6,1.5,1.8\n";
    let table = read(text, &Reading::default());
    assert_eq!(
        table.observations.losses.iter().map(|l| (l.name.as_str(), l.kind, l.other)).collect::<Vec<_>>(),
        [
            ("web_loss", LossKind::General, false),
            ("code_loss", LossKind::Domain, false),
            ("math_loss", LossKind::Domain, true)
        ]
    );
    assert_eq!(
        table.observations.domain_share.as_ref().unwrap()[..3],
        [0.3, 0.3, 0.4],
        "the third row’s shares do not add up"
    );
    assert!(
        table.problems.kept.iter().any(|p| matches!(p, Problem::Shares { row: 4, sum } if *sum == 1.2)),
        "{:?}",
        table.problems
    );
    let two = Reading { domain_corpora: vec!["code".into(), "math".into()], ..Reading::default() };
    let table = read(text, &two);
    close(&Some(table.observations.domain_share.unwrap()[..2].to_vec()), &[0.5, 0.8]);
    assert!(table.observations.losses.iter().all(|loss| !loss.other), "both domain corpora have their loss");
    assert!(table.observations.domain_chosen);
}

#[test]
fn losses_in_every_measure_are_stored_in_nats() {
    let ln2 = std::f64::consts::LN_2;
    for (header, cell, nats, measure, per, unit) in [
        ("general_loss", "2.5", 2.5, Measure::Nats, Per::Token, "nats per token"),
        ("general loss (bits/token)", "3.5", 3.5 * ln2, Measure::Bits, Per::Token, "bits per token"),
        ("general_bpb", "0.9", 0.9 * ln2, Measure::Bits, Per::Byte, "bits per byte"),
        ("general loss (nats per byte)", "0.6", 0.6, Measure::Nats, Per::Byte, "nats per byte"),
        ("general_perplexity", "12.5", 12.5f64.ln(), Measure::Perplexity, Per::Token, "perplexity per token"),
        ("general byte_perplexity", "1.8", 1.8f64.ln(), Measure::Perplexity, Per::Byte, "perplexity per byte"),
    ] {
        let loss = read(&format!("tokens,{header}\n1e9,{cell}\n"), &Reading::default()).observations.losses.remove(0);
        assert!((loss.values[0] - nats).abs() < 1e-12, "{header}: {loss:?}");
        assert_eq!((loss.measure, loss.per, loss.unit()), (measure, per, unit), "{header}");
        assert!(
            (loss.measure.from_nats(loss.values[0]) - cell.parse::<f64>().unwrap()).abs() < 1e-12,
            "shown as written"
        );
    }
    // By hand, and into one unit where the bytes per token are known.
    let choice = Choice { role: Role::GeneralLoss, unit: Some(Unit::BitsPerByte) };
    let columns = BTreeMap::from([("x".to_owned(), choice)]);
    let table = read("tokens,x\n1e9,0.9\n", &Reading { columns: columns.clone(), ..Reading::default() });
    assert_eq!(table.observations.losses[0].per, Per::Byte);
    let table = read("tokens,x\n1e9,0.9\n", &Reading { columns, ..with(&[(Constant::BytesPerToken, 4.0)]) });
    assert_eq!(table.observations.losses[0].per, Per::Token);
    assert!((table.observations.losses[0].values[0] - 3.6 * ln2).abs() < 1e-12);
    let bad = read("tokens,general_ppl\n1e9,12\n2e9,0.9\n", &Reading::default());
    assert!(bad.problems.kept[0].to_string().contains("expected a perplexity: a number above 1"), "{:?}", bad.problems);
}

#[test]
fn tokenizers_are_never_compared_silently() {
    let text = "params,tokenizer,tokens,general_loss\n1e9,gpt2,1e9,2.5\n1e9,llama,1e9,2.2\n1e9,gpt2,2e9,2.4\n";
    let table = read(text, &Reading::default());
    assert_eq!(table.observations.losses[0].values, [2.5, 2.4]);
    assert!(
        matches!(&table.problems.kept[..], [Problem::Tokenizers { shown, others, other_rows: 1, .. }] if shown == "gpt2" && others == &["llama"]),
        "{:?}",
        table.problems
    );
    let other = Filter { column: "tokenizer".into(), keep: Keep::Equals(vec!["llama".into()]) };
    assert!(
        table::read(text.as_bytes(), &Reading { filters: vec![other], ..Reading::default() }).is_ok_and(|t| t
            .observations
            .losses[0]
            .values
            == [2.2])
    );
    // Per byte they can be compared.
    let text = "params,tokenizer,bytes_per_token,tokens,general_loss\n1e9,gpt2,4,1e9,2.4\n1e9,llama,5,1e9,2.5\n";
    let table = read(text, &Reading::default());
    assert_eq!(
        (table.observations.losses[0].per, &table.observations.losses[0].values[..]),
        (Per::Byte, &[0.6, 0.5][..])
    );
    assert!(table.problems.kept.is_empty(), "{:?}", table.problems);
    let text = "params,tokenizer,tokens,general_bpb\n1e9,gpt2,1e9,0.9\n1e9,llama,1e9,0.8\n";
    assert_eq!(read(text, &Reading::default()).observations.len(), 2);
}

#[test]
fn seeds_are_replicates_of_a_recipe() {
    let text = "params,ratio,seed,tokens,general_loss\n1e9,0.1,0,1e9,2.5\n1e9,0.1,1,1e9,2.52\n1e9,0.3,0,1e9,2.6\n1e9,0.1,0,2e9,2.4\n";
    let o = read(text, &Reading::default()).observations;
    assert_eq!(o.run, [0, 1, 2, 0]);
    assert_eq!(o.recipe, [0, 0, 1], "two runs repeat a recipe");
    assert!(read("params,tokens,loss\n1e9,1e9,2.5\n", &Reading::default()).observations.recipe.is_empty());
    let peaks = "params,ratio,seed,tokens,lr,general_loss\n1e9,0.1,0,1e9,1e-4,2.5\n1e9,0.1,1,1e9,2e-4,2.52\n";
    assert_eq!(read(peaks, &Reading::default()).observations.recipe, [0, 1], "another peak rate is another recipe");
}

#[test]
fn learning_rates_are_kept_and_decays_told() {
    let text = "run,step,tokens,lr,general_loss\na,10,1e9,1e-4,2.5\na,20,2e9,5e-5,2.4\na,30,3e9,1e-5,2.3\nb,10,1e9,1e-4,2.5\nb,20,2e9,1e-4,2.4\n";
    let table = read(text, &Reading::default());
    let o = &table.observations;
    assert_eq!(o.learning_rate, Some(vec![1e-4, 5e-5, 1e-5, 1e-4, 1e-4]));
    assert_eq!(o.step, Some(vec![10.0, 20.0, 30.0, 10.0, 20.0]));
    assert_eq!(o.decay, [Decay::Constant, Decay::Under, Decay::Annealed, Decay::Constant, Decay::Constant]);
    assert!(read("tokens,loss\n1e9,2.5\n", &Reading::default()).observations.decay.is_empty());
}

#[test]
fn filters_and_rows_dropped_by_hand() {
    let text = "params,tokens,phase,general_loss\n1B,1e9,warm,2.9\n1B,2e9,main,2.5\n1B,3e9,main,9.0\n2B,4e9,main,2.3\n";
    let equals = |values: &[&str]| Filter {
        column: "phase".into(),
        keep: Keep::Equals(values.iter().map(|v| (*v).to_owned()).collect()),
    };
    let between = |column: &str, low, high| Filter { column: column.into(), keep: Keep::Between { low, high } };
    let reading = Reading { filters: vec![equals(&["main"])], dropped: vec![4], ..Reading::default() };
    let table = read(text, &reading);
    assert_eq!(table.observations.line, [3, 5]);
    assert_eq!((table.left_out.filtered, table.left_out.dropped, table.rows), (1, 1, 4));
    let table = read(
        text,
        &Reading {
            filters: vec![between("params", None, Some(1e9)), between("general_loss", Some(2.4), Some(3.0))],
            ..Reading::default()
        },
    );
    assert_eq!(table.observations.line, [2, 3], "both ends belong to the range, and 1B is read as 1e9");
    let gone = read(text, &Reading { filters: vec![between("nowhere", None, None)], ..Reading::default() });
    assert!(matches!(gone.problems.kept[..], [Problem::NotInFile { .. }]));
    let none = table::read(text.as_bytes(), &Reading { filters: vec![equals(&["x"])], ..Reading::default() });
    assert_eq!(none.unwrap_err(), ReadError::NothingKept { rows: 4 });
}

#[test]
fn html_and_formulas_are_text() {
    let text = "params,tokens,note,general_loss\n1e9,1e9,<script>alert(1)</script>,2.5\n1e9,2e9,=1+1,=2+0.5\n1e9,3e9,@SUM(A1),2.4\n";
    let table = read(text, &Reading::default());
    assert_eq!(table.columns[2].samples, ["<script>alert(1)</script>", "=1+1", "@SUM(A1)"]);
    assert_eq!(table.observations.line, [2, 4]);
    assert_eq!(
        table.problems.kept[0].to_string(),
        "Row 3, general_loss: read “=2+0.5”, expected a loss: a number above 0."
    );
}

#[test]
fn what_is_missing_is_named() {
    let table = read("step,lr,loss\n10,1e-4,2.5\n20,1e-4,2.4\n", &Reading::default());
    let missing: Vec<_> =
        table.axes.iter().filter(|found| found.source == Source::Missing).map(|found| found.axis.label()).collect();
    assert_eq!(missing, ["Model size", "Tokens", "Domain ratio"]);
    assert!(table.axes.iter().all(|found| (found.distinct == 0) == (found.source == Source::Missing)));
    assert!(table.axes[1].axis.advice().contains("batch size and sequence length"));
}

/// A file whose head, which decides what it is, names one tokenizer: another far below is left out and asked about.
#[test]
fn a_tokenizer_below_the_head_is_not_mixed_in() {
    let mut text = String::from("run,params,tokenizer,tokens,general_loss\n");
    let rows = 150_000;
    for row in 0..rows {
        let name = if row < rows - 10 { "gpt2" } else { "llama" };
        text += &format!("run-{:06},1e9,{name},{},2.5\n", row / 100, 1_000_000_000 + row);
    }
    assert!(text.len() > 4 << 20);
    let table = table::read(text.as_bytes(), &Reading::default()).unwrap();
    assert_eq!((table.observations.len(), table.left_out.other_tokenizer), (rows - 10, 10));
    assert!(
        matches!(&table.problems.kept[..], [Problem::Tokenizers { shown, others, other_rows: 10, .. }] if shown == "gpt2" && others == &["llama"]),
        "{:?}",
        table.problems.kept
    );
    // One tokenizer throughout, not named everywhere, is no question.
    let one = "params,tokenizer,tokens,general_loss\n1e9,gpt2,1e9,2.5\n1e9,,2e9,2.4\n";
    let table = table::read(one.as_bytes(), &Reading::default()).unwrap();
    assert_eq!((table.observations.len(), table.problems.count()), (2, 0), "{:?}", table.problems.kept);
}

/// Two mixtures with as much of the domain are two runs: told apart by every corpus' share, and named by them.
#[test]
fn mixtures_are_told_apart_by_every_share() {
    let text = "tokens,w_web,w_code,w_math,web_loss,code_loss\n1e9,0.5,0.3,0.2,2.5,1.5\n1e9,0.2,0.3,0.5,2.6,1.5\n2e9,0.5,0.3,0.2,2.4,1.4\n2e9,0.7,0.3,0,2.4,1.4\n";
    let table = read(text, &Reading::default());
    let observations = &table.observations;
    assert_eq!(observations.run, [0, 1, 0, 2]);
    assert_eq!(
        observations.runs,
        ["50 % web, 30 % code, 20 % math", "20 % web, 30 % code, 50 % math", "70 % web, 30 % code"]
    );
    // Seeds repeat a mixture, and another mixture with as much of the domain is none of them.
    let seeds = "seed,tokens,w_web,w_code,w_math,web_loss,code_loss\n1,1e9,0.5,0.3,0.2,2.5,1.5\n2,1e9,0.5,0.3,0.2,2.5,1.5\n1,1e9,0.2,0.3,0.5,2.6,1.5\n2,1e9,0.1,0.4,0.5,2.6,1.5\n";
    assert_eq!(read(seeds, &Reading::default()).observations.recipe, [0, 0, 1, 2]);
    // A long file's rows are put together by every share, too.
    let long = "tokens,w_web,w_code,w_math,set,loss\n1e9,0.5,0.3,0.2,web,2.5\n1e9,0.2,0.3,0.5,web,2.6\n1e9,0.5,0.3,0.2,code,1.5\n1e9,0.2,0.3,0.5,code,1.6\n1e9,0.2,0.3,0.5,math,1.9\n";
    let table = read(long, &Reading::default());
    assert_eq!(table.observations.run, [0, 1], "{:?}", table.problems.kept);
    let losses: Vec<_> =
        table.observations.losses.iter().map(|loss| (loss.name.as_str(), loss.kind, loss.other)).collect();
    assert_eq!(
        losses,
        [("web", LossKind::General, false), ("code", LossKind::Domain, false), ("math", LossKind::Domain, true)]
    );
    assert_eq!(table.observations.losses[1].values, [1.5, 1.6]);
    assert!(table.observations.losses[2].values[0].is_nan() && table.observations.losses[2].values[1] == 1.9);
    // And so are those of a file with the whole mixture in a cell.
    let cells = "tokens,mixture,general_loss\n1e9,\"web:0.5,code:0.3,math:0.2\",2.5\n1e9,\"web:0.2,code:0.3,math:0.5\",2.6\n2e9,\"code:0.3,web:0.5,math:0.2\",2.4\n2e9,\"web:7,code:3\",2.4\n";
    let table = read(cells, &Reading::default());
    assert_eq!(table.observations.run, [0, 1, 0, 2], "{:?}", table.observations.runs);
    assert_eq!(table.observations.runs[2], "70 % web, 30 % code");
    let shares: Vec<_> = table.observations.corpora.iter().map(|corpus| (&*corpus.name, &corpus.values[2..])).collect();
    assert_eq!(shares, [("web", &[0.5, 0.7][..]), ("code", &[0.3, 0.3]), ("math", &[0.2, 0.0])]);
    // A run's own name is what it is told by.
    let named = read(
        &text.replace("tokens,", "run,tokens,").replace("\n1e9", "\na,1e9").replace("\n2e9", "\nb,2e9"),
        &Reading::default(),
    );
    assert_eq!(named.observations.runs, ["a", "b"]);
}
