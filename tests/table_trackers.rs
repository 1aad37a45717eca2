//! Exports of trackers, written after each program's documentation: see tests/fixtures/trackers/README.md.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use ratioscope::table::{
    self, Constant, Form, LossKind, Measure, NamedBytes, Observations, Per, Problem, Reading, Source, Table, Tracker,
    read_files,
};
use std::path::Path;

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/trackers").join(name)).unwrap()
}

fn open(name: &str, constants: &[(Constant, f64)]) -> Table {
    let reading = Reading { constants: constants.iter().copied().collect(), ..Reading::default() };
    table::read(&bytes(name), &reading).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn losses(o: &Observations) -> Vec<(&str, LossKind, &[f64])> {
    o.losses.iter().map(|loss| (loss.name.as_str(), loss.kind, &loss.values[..])).collect()
}

const STEP: [(Constant, f64); 2] = [(Constant::BatchSize, 1024.0), (Constant::SequenceLength, 2048.0)];

#[test]
fn weights_and_biases_becomes_a_row_a_run() {
    let table = open("wandb-chart.csv", &STEP);
    assert_eq!(table.tracker, Some(Tracker::WeightsAndBiases));
    let o = &table.observations;
    assert_eq!(o.runs, ["pythia-160m-python-0.25", "pythia-160m-python-0.5"]);
    assert_eq!(o.run, [0, 0, 1, 0, 0, 1, 0], "the second run was evaluated on every other step");
    assert_eq!(o.step.as_deref(), Some(&[100.0, 200.0, 200.0, 300.0, 400.0, 400.0, 500.0][..]));
    assert_eq!(o.tokens.as_ref().unwrap()[0], 100.0 * 1024.0 * 2048.0);
    assert_eq!(losses(o)[0].0, "val/loss");
    assert_eq!(losses(o)[0].2[..3], [2.632324, 2.503192, 2.553192]);
    assert_eq!(table.axes[1].source, Source::Steps);
    assert!(table.problems.kept.is_empty(), "{:?}", table.problems);

    let table = open("wandb-single.csv", &[]);
    assert_eq!(table.tracker, Some(Tracker::WeightsAndBiases));
    assert!(matches!(&table.problems.kept[..], [Problem::TrainingLoss { column }] if column == "train_loss"));
    assert_eq!(table.observations.losses[0].values, [3.353562, 2.728367, 2.582324, 2.504463]);
}

#[test]
fn tensorboards_files_name_run_and_curve() {
    let table = open("run-r025-tag-val_loss.csv", &STEP);
    assert_eq!(table.tracker, Some(Tracker::TensorBoard));
    assert_eq!(table.observations.losses[0].values, [2.632324, 2.503192, 2.436677]);
    let json = open("tensorboard.json", &STEP);
    assert_eq!(json.form, Form::Json);
    assert_eq!(format!("{:?}", json.observations.losses), format!("{:?}", table.observations.losses));
    assert_eq!(json.observations.tokens, table.observations.tokens);

    let names = ["run-r025-tag-val_loss.csv", "run-r050-tag-val_loss.csv"];
    let files = names.map(bytes);
    let named: Vec<NamedBytes> = names.iter().zip(&files).map(|(name, bytes)| NamedBytes { name, bytes }).collect();
    let both = read_files(&named, &Reading::default()).unwrap();
    assert_eq!(both.observations.runs, ["r025", "r050"]);
    assert_eq!(losses(&both.observations)[0].0, "val_loss");
    assert_eq!(both.observations.len(), 6);
}

#[test]
fn mlflows_history_is_a_long_file_of_metrics() {
    let table = open("mlflow-metrics.csv", &STEP);
    assert_eq!(table.tracker, Some(Tracker::Mlflow));
    let o = &table.observations;
    assert_eq!(o.runs, ["a1b2c3", "d4e5f6"]);
    assert_eq!(
        losses(o),
        [("val_loss", LossKind::General, &[3.403562, 2.632324, 2.503192, 3.453562, 2.682324, 2.553192][..])]
    );
    assert_eq!(table.left_out.no_loss, 2, "the learning rate is a metric and no loss");
    let table = open("mlflow-history.json", &STEP);
    assert_eq!((table.tracker, table.form), (Some(Tracker::Mlflow), Form::Json));
    assert_eq!(table.observations.losses[0].values, [3.403562, 2.632324, 2.503192]);
    assert_eq!(table.observations.runs, ["a1b2c3"]);
}

#[test]
fn lm_evaluation_harness_gives_bits_per_byte_and_the_models_size() {
    let table = open("lm-eval-results.json", &[]);
    assert_eq!(table.tracker, Some(Tracker::LmEvaluationHarness));
    let o = &table.observations;
    assert_eq!(o.size, Some(vec![162_322_944.0]));
    assert_eq!(o.runs, ["EleutherAI/pythia-160m"]);
    let wiki = &o.losses[0];
    assert_eq!((wiki.name.as_str(), wiki.measure, wiki.per), ("wikitext bits_per_byte", Measure::Bits, Per::Byte));
    assert!((wiki.values[0] - 1.134 * std::f64::consts::LN_2).abs() < 1e-12, "stored in nats");
    assert_eq!(wiki.unit(), "bits per byte");
    // Pythia publishes a checkpoint as the revision "step3000".
    let table = open("lm-eval-results.jsonl", &[(Constant::TokensPerStep, 2_097_152.0)]);
    assert_eq!(table.observations.tokens, Some(vec![2_097_152e3, 3.0 * 2_097_152e3, 10.0 * 2_097_152e3]));
}

#[test]
fn logs_are_read_by_what_their_lines_say() {
    let table = open("megatron.log", &[(Constant::SequenceLength, 2048.0), (Constant::BatchSize, 1024.0)]);
    assert_eq!(table.form, Form::Log);
    let o = &table.observations;
    assert_eq!(losses(o).iter().map(|loss| loss.0).collect::<Vec<_>>(), ["validation lm loss value"]);
    assert_eq!(o.step, Some(vec![20.0, 40.0]));
    assert_eq!(o.line, [6, 11], "lines are those of the log");
    assert_eq!(o.tokens, Some(vec![20.0 * 1024.0 * 2048.0, 40.0 * 1024.0 * 2048.0]));
    assert_eq!(table.left_out.no_loss, 4, "training lines have no evaluation");

    let table = open("transformers.log", &[(Constant::CorpusTokens, 1e9)]);
    assert_eq!(table.form, Form::Log);
    let o = &table.observations;
    assert_eq!(o.losses[0].name, "eval_loss");
    assert_eq!(table.axes[1].source, Source::Epochs);
    assert!((o.tokens.as_ref().unwrap()[0] - 1e8).abs() < 1.0);

    let table = open("plain.log", &[]);
    let o = &table.observations;
    assert_eq!(o.tokens, Some(vec![200e6, 400e6, 600e6]));
    assert_eq!(losses(o)[0].0, "val loss");
    let pasted = "step 100 loss 2.5\nstep 200 loss 2.4\nstep 300 loss 2.35\n";
    let reading = Reading { constants: STEP.into_iter().collect(), ..Reading::default() };
    let table = table::read(pasted.as_bytes(), &reading).unwrap();
    assert_eq!(table.observations.losses[0].values, [2.5, 2.4, 2.35]);
    assert_eq!(table.observations.tokens.unwrap()[2], 300.0 * 1024.0 * 2048.0);
}

#[test]
fn the_trainers_state_is_a_history() {
    let text = r#"{"best_metric": null, "epoch": 1.0, "global_step": 200, "max_steps": 200, "log_history": [
        {"epoch": 0.5, "learning_rate": 5e-05, "loss": 2.6, "step": 100},
        {"epoch": 0.5, "eval_loss": 2.5, "eval_runtime": 1.0, "step": 100},
        {"epoch": 1.0, "eval_loss": 2.4, "eval_runtime": 1.0, "step": 200}], "stateful_callbacks": {"a": {"b": 1}}}"#;
    let table =
        table::read(text.as_bytes(), &Reading { constants: STEP.into_iter().collect(), ..Reading::default() }).unwrap();
    let o = &table.observations;
    assert_eq!(o.step, Some(vec![100.0, 200.0]));
    assert_eq!(losses(o), [("eval_loss", LossKind::General, &[2.5, 2.4][..])]);
}
