//! Every file of the real data, and what its README promises: rows, observations, sizes, ratios, losses.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use ratioscope::table::{self, AxisFound, NamedBytes, Reading, Table, found::Axis, read_files};

fn distinct(table: &Table, axis: Axis) -> usize {
    table.axes.iter().find(|found| found.axis == axis).map_or(0, |found: &AxisFound| found.distinct)
}

/// Rows in the file, observations, sizes, token budgets, ratios, losses.
type Promise = [usize; 6];

fn kept(table: &Table) -> Promise {
    let o = &table.observations;
    [
        table.rows,
        o.len(),
        distinct(table, Axis::Size),
        distinct(table, Axis::Tokens),
        distinct(table, Axis::Ratio),
        o.losses.len(),
    ]
}

const FILES: &[(&str, Promise)] = &[
    ("mixing-laws/ct_70M_pile_python.csv", [55, 55, 1, 11, 5, 2]),
    ("mixing-laws/2Mix_wide.csv", [110, 110, 2, 11, 5, 2]),
    // Seven corpora and an instruction set: two losses for a law of one ratio, all for a law of all corpora.
    ("slimpajama-mixtures/dmsl_llm_slimpajama.csv", [2452, 2452, 6, 52, 15, 8]),
    ("chinchilla-epoch/svg_extracted_data.csv", [245, 245, 142, 245, 0, 1]),
    ("chinchilla-toy/df.csv", [234, 234, 137, 234, 0, 1]),
    ("openlm/openlm_losses_long.csv", [832, 104, 6, 37, 0, 8]),
    ("olmo-ladder/ladder_final_losses.csv", [25, 25, 5, 0, 0, 11]),
    ("multi-power-law/csv_25/constant_24000.csv", [171, 171, 0, 0, 0, 1]),
    ("multi-power-law/csv_25/constant_72000.csv", [546, 546, 0, 0, 0, 1]),
    ("multi-power-law/csv_25/cosine_24000.csv", [171, 171, 0, 0, 0, 1]),
    ("multi-power-law/csv_25/cosine_72000.csv", [546, 546, 0, 0, 0, 1]),
    ("multi-power-law/csv_25/wsd_20000_24000.csv", [170, 170, 0, 0, 0, 1]),
    ("multi-power-law/csv_25/wsdcon_18.csv", [95, 95, 0, 0, 0, 1]),
    ("multi-power-law/csv_25/wsdcon_3.csv", [95, 95, 0, 0, 0, 1]),
    ("multi-power-law/csv_25/wsdcon_9.csv", [95, 95, 0, 0, 0, 1]),
    ("multi-power-law/csv_25/wsdld_20000_24000.csv", [170, 170, 0, 0, 0, 1]),
    ("multi-power-law/csv_100/constant_24000.csv", [171, 171, 0, 0, 0, 1]),
    ("multi-power-law/csv_100/constant_72000.csv", [546, 546, 0, 0, 0, 1]),
    ("multi-power-law/csv_100/cosine_24000.csv", [171, 171, 0, 0, 0, 1]),
    ("multi-power-law/csv_100/cosine_72000.csv", [546, 546, 0, 0, 0, 1]),
    ("multi-power-law/csv_100/wsd_20000_24000.csv", [171, 171, 0, 0, 0, 1]),
    ("multi-power-law/csv_100/wsdcon_18.csv", [109, 109, 0, 0, 0, 1]),
    ("multi-power-law/csv_100/wsdcon_3.csv", [109, 109, 0, 0, 0, 1]),
    ("multi-power-law/csv_100/wsdcon_9.csv", [109, 109, 0, 0, 0, 1]),
    ("multi-power-law/csv_100/wsdld_20000_24000.csv", [171, 171, 0, 0, 0, 1]),
    ("published/dcpt_usage1_chemistry_1.8B_10B.csv", [7, 7, 0, 0, 7, 2]),
    ("published/dcpt_usage2_music_1.8B_Dd5B.csv", [4, 4, 0, 0, 4, 1]),
    ("published/ibrahim2024_replay.csv", [14, 14, 2, 2, 7, 2]),
    ("published/ibrahim2024_baselines.csv", [9, 9, 2, 0, 0, 2]),
    // A column a ratio, the paper's predictions beside the measurements: four models at five ratios.
    ("published/cmr_table2_domain_loss_finance.csv", [20, 20, 4, 0, 5, 1]),
    // One of two domains is shown: the other's rows wait.
    ("../tiny-cpt/grid.csv", [520, 210, 3, 10, 7, 2]),
    ("../tiny-cpt/base.csv", [72, 36, 4, 9, 1, 2]),
    ("../tiny-cpt/from_scratch.csv", [20, 20, 2, 10, 1, 2]),
    ("../tiny-cpt/lr_sweep.csv", [10, 10, 0, 0, 0, 1]),
];

#[test]
fn every_file_opens_and_yields_what_is_promised() {
    for (file, promise) in FILES {
        let Some(path) = common::real_data("every_file_opens_and_yields_what_is_promised", file) else { return };
        let table = table::read(&std::fs::read(path).unwrap(), &Reading::default())
            .unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!(kept(&table), *promise, "{file}: {:?}", table.problems.kept);
        let wrong: Vec<_> = table.problems.kept.iter().filter(|p| !p.is_question()).collect();
        let blanks = ["published/ibrahim2024_baselines.csv"].contains(file);
        assert!(wrong.is_empty() || blanks, "{file}: {wrong:?}");
    }
}

/// Tables of scores, of fitted parameters or of mixtures alone hold no loss a law could be fitted to; that is said.
#[test]
fn tables_without_losses_are_refused_in_a_sentence() {
    for file in [
        "published/cmr_table5_params.csv",
        "published/dcpt_table1_parametrizations.csv",
        "published/moca_mmeb.csv",
        "published/stability_gap_medical_openllama3b.csv",
        "regmix/test_mixture_1B.csv",
        "regmix/test_mixture_1m.csv",
        "regmix/train_mixture_1m.csv",
    ] {
        let Some(path) = common::real_data("tables_without_losses_are_refused_in_a_sentence", file) else { return };
        let error = table::read(&std::fs::read(path).unwrap(), &Reading::default()).unwrap_err().to_string();
        assert!(error.contains("holds losses"), "{file}: {error}");
    }
}

/// regmix keeps mixtures and losses apart: 17 corpora, 13 losses, at 1M, 60M and 1B, joined by the index.
#[test]
fn mixtures_and_losses_in_two_files_are_joined() {
    for (mixture, losses, rows) in [
        ("train_mixture_1m.csv", "train_pile_loss_1m.csv", 512),
        ("test_mixture_1m.csv", "test_pile_loss_1m.csv", 256),
        ("test_mixture_60m.csv", "test_pile_loss_60m.csv", 256),
        ("test_mixture_1B.csv", "test_pile_loss_1B.csv", 64),
    ] {
        let bytes = [mixture, losses].map(|name| {
            common::real_data("mixtures_and_losses_in_two_files_are_joined", &format!("regmix/{name}"))
                .map(|path| std::fs::read(path).unwrap())
        });
        let [Some(first), Some(second)] = &bytes else { return };
        for files in [[(mixture, first), (losses, second)], [(losses, second), (mixture, first)]] {
            let files = files.map(|(name, bytes)| NamedBytes { name, bytes });
            let table = read_files(&files, &Reading::default()).unwrap_or_else(|error| panic!("{mixture}: {error}"));
            assert_eq!(table.corpora.len(), 17, "{mixture}: {:?}", table.problems.kept);
            assert_eq!(table.observations.len(), rows, "{mixture}: {:?}", table.problems.kept);
            let of_ratio = |table: &Table| -> Vec<String> {
                let all = table.observations.losses.iter();
                all.filter(|loss| !loss.other).map(|loss| loss.name.clone()).collect()
            };
            assert_eq!(table.observations.losses.len(), 13);
            assert_eq!(of_ratio(&table), ["metric/the_pile_pile_cc_val_loss", "metric/the_pile_arxiv_val_loss"]);
            let reading =
                Reading { domain_corpora: vec!["github".into(), "stackexchange".into()], ..Reading::default() };
            let two = read_files(&files, &reading).unwrap();
            assert_eq!(of_ratio(&two).len(), 3, "the general loss and one of each domain corpus");
            assert_eq!(two.observations.losses.len(), 13);
        }
    }
}

/// Eighteen curves of one loss, stacked: a run a file, its learning rates kept, decays told from constant rates.
#[test]
fn curves_under_schedules_are_stacked() {
    let files: Vec<(&str, Vec<u8>)> = FILES
        .iter()
        .filter(|(name, _)| name.starts_with("multi-power-law/csv_100"))
        .filter_map(|(name, _)| {
            Some((*name, std::fs::read(common::real_data("curves_under_schedules_are_stacked", name)?).unwrap()))
        })
        .collect();
    if files.is_empty() {
        return;
    }
    let named: Vec<NamedBytes> = files.iter().map(|(name, bytes)| NamedBytes { name, bytes }).collect();
    let table = read_files(&named, &Reading::default()).unwrap();
    let o = &table.observations;
    assert_eq!((o.runs.len(), table.parts.len()), (9, 9));
    assert_eq!(o.len(), 2103);
    use ratioscope::table::Decay;
    let of = |name: &str, flag: Decay| {
        let run = o.runs.iter().position(|run| run.ends_with(name)).unwrap() as u32;
        o.run.iter().zip(&o.decay).filter(|(r, decay)| **r == run && **decay == flag).count()
    };
    assert_eq!(of("constant_24000", Decay::Constant), 171);
    assert_eq!(of("cosine_24000", Decay::Annealed), 1, "the end of the cosine");
    assert!(of("cosine_24000", Decay::Under) > 100);
    assert!(of("wsd_20000_24000", Decay::Constant) > 100 && of("wsd_20000_24000", Decay::Under) > 10);
}
