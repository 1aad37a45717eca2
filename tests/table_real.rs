//! Real files open as a person expects, without or with one correction.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use ratioscope::table::{self, Choice, LossKind, Observations, Problem, Reading, Role, Table};
use std::collections::BTreeMap;

/// The bytes of a real file, where there is one.
fn real(test: &str, file: &str) -> Option<Vec<u8>> {
    common::real_data(test, file).map(|path| std::fs::read(path).unwrap())
}

fn open(bytes: &[u8]) -> Table {
    table::read(bytes, &Reading::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn losses(observations: &Observations) -> Vec<(&str, LossKind)> {
    observations.losses.iter().map(|loss| (loss.name.as_str(), loss.kind)).collect()
}

fn role(table: &Table, header: &str) -> Role {
    table.columns.iter().find(|c| c.header == header).map_or(Role::Ignore, |c| c.role)
}

/// Questions and problems as sentences, for a failing test's message.
fn said(table: &Table) -> Vec<String> {
    table.problems.kept.iter().map(ToString::to_string).collect()
}

#[test]
fn continual_pretraining_opens_without_a_correction() {
    let Some(bytes) = real("continual_pretraining_opens_without_a_correction", "mixing-laws/ct_70M_pile_python.csv")
    else {
        return;
    };
    let table = open(&bytes);
    let observations = &table.observations;
    assert_eq!(
        losses(observations),
        [("general_loss_pile", LossKind::General), ("domain_loss_python", LossKind::Domain)]
    );
    assert_eq!((table.rows, observations.len()), (55, 55), "rows at zero tokens are kept");
    assert_eq!(observations.domain_share.as_deref().map(|s| s[0]), Some(0.875));
    assert_eq!(observations.tokens.as_deref().map(|t| t[0]), Some(0.0));
    assert_eq!(observations.runs.len(), 5);
    assert!(observations.runs_inferred);
    assert_eq!(observations.line[0], 2);
    assert!(said(&table).is_empty(), "{:?}", said(&table));
}

#[test]
fn two_part_mixtures_open_without_a_correction() {
    let Some(bytes) = real("two_part_mixtures_open_without_a_correction", "mixing-laws/2Mix_wide.csv") else { return };
    let table = open(&bytes);
    let observations = &table.observations;
    assert_eq!(losses(observations), [("Pile-CC", LossKind::General), ("Github", LossKind::Domain)]);
    assert_eq!(observations.domain_share.as_deref().map(|s| s[0]), Some(0.25));
    assert_eq!(observations.size.as_deref().map(|s| s[0]), Some(18_915_328.0));
    assert_eq!(observations.runs.len(), 10);
    assert_eq!(observations.len(), 110);
    let asks = matches!(&table.problems.kept[..], [Problem::Candidates { used, others, .. }]
        if used == "n_params_nonemb" && others == &["size"]);
    assert!(asks, "{:?}", said(&table));
    let choice = Choice { role: Role::Size, unit: None };
    let reading = Reading { columns: BTreeMap::from([("size".to_owned(), choice)]), ..Reading::default() };
    let table = table::read(&bytes, &reading).unwrap();
    assert_eq!(table.observations.size.as_deref().map(|s| s[0]), Some(70e6));
    assert!(said(&table).is_empty(), "{:?}", said(&table));
}

#[test]
fn seven_corpora_open_and_another_domain_is_one_correction() {
    let name = "seven_corpora_open_and_another_domain_is_one_correction";
    let Some(bytes) = real(name, "slimpajama-mixtures/dmsl_llm_slimpajama.csv") else { return };
    let table = open(&bytes);
    let of_ratio = |table: &Table| {
        let all = table.observations.losses.iter();
        all.filter(|loss| !loss.other).map(|loss| (loss.name.clone(), loss.kind)).collect::<Vec<_>>()
    };
    let pair = |general: &str, domain: &str| {
        vec![(general.to_owned(), LossKind::General), (domain.to_owned(), LossKind::Domain)]
    };
    assert_eq!(of_ratio(&table), pair("commoncrawl_loss", "arxiv_loss"));
    assert_eq!(table.observations.losses.len(), 8, "the others wait for a law of all corpora");
    assert!(matches!(&table.problems.kept[0], Problem::Mixture { used, .. } if used == "weight_arxiv"));
    assert_eq!(table.rows, 2452);
    let text = String::from_utf8(bytes.clone()).unwrap();
    let complete = text.lines().skip(1).filter(|line| line.split(',').take(9).all(|cell| !cell.is_empty())).count();
    assert!(table.observations.len() > 2400 && table.observations.len() <= complete);

    for (weight, loss, general) in [
        ("weight_github", "github_loss", "commoncrawl_loss"),
        ("weight_c4", "c4_loss", "commoncrawl_loss"),
        ("weight_commoncrawl", "commoncrawl_loss", "c4_loss"),
    ] {
        let choice = Choice { role: Role::DomainShare, unit: None };
        let reading = Reading { columns: BTreeMap::from([(weight.to_owned(), choice)]), ..Reading::default() };
        let table = table::read(&bytes, &reading).unwrap();
        assert_eq!(of_ratio(&table), pair(general, loss));
        assert!(table.observations.domain_chosen && table.observations.losses.len() == 8);
        assert_eq!(role(&table, "weight_arxiv"), Role::CorpusShare, "every weight is read: they must add up to one");
        assert!(!table.problems.kept.iter().any(|p| !matches!(p, Problem::Blank { .. })), "{:?}", said(&table));
    }
}

#[test]
fn chinchillas_points_need_no_ratio() {
    let Some(bytes) = real("chinchillas_points_need_no_ratio", "chinchilla-toy/df.csv") else { return };
    let table = open(&bytes);
    assert_eq!(role(&table, "C"), Role::Flops);
    assert_eq!((role(&table, "N"), role(&table, "D")), (Role::Size, Role::Tokens));
    assert_eq!(losses(&table.observations), [("loss", LossKind::General)]);
    assert_eq!(table.observations.domain_share, None);
    assert_eq!(table.observations.len(), 234);
}

#[test]
fn a_long_file_of_evaluation_sets_is_pivoted() {
    let Some(bytes) = real("a_long_file_of_evaluation_sets_is_pivoted", "openlm/openlm_losses_long.csv") else {
        return;
    };
    let table = open(&bytes);
    assert_eq!(table.rows, 832);
    assert_eq!(table.observations.len(), 104);
    assert_eq!(table.observations.losses.len(), 8);
    assert_eq!(role(&table, "params_no_embed"), Role::SizeWithoutEmbeddings);
    let values = table.observations.losses.iter().flat_map(|l| &l.values).filter(|v| v.is_finite()).count();
    assert_eq!(values, 832, "every loss of the file is somewhere");
}

#[test]
fn two_domains_are_shown_one_at_a_time() {
    let Some(bytes) = real("two_domains_are_shown_one_at_a_time", "../tiny-cpt/grid.csv") else { return };
    let table = open(&bytes);
    assert_eq!(table.domains, ["german", "python"]);
    assert_eq!(table.domain.as_deref(), Some("german"));
    let shown = table.observations.len();
    let other = table.problems.kept.iter().find_map(|p| match p {
        Problem::Domains { other_rows, .. } => Some(*other_rows),
        _ => None,
    });
    assert_eq!(other.map(|n| n + shown), Some(table.rows));
    assert_eq!(table.problems.kept.len(), 1, "{:?}", said(&table));
    let python = Reading { domain: Some("python".to_owned()), ..Reading::default() };
    let python = table::read(&bytes, &python).unwrap();
    assert_eq!(python.observations.len() + shown, table.rows);
    assert_eq!(losses(&python.observations), [("general_loss", LossKind::General), ("domain_loss", LossKind::Domain)]);
}

#[test]
fn published_tables_open() {
    for (file, rows) in [("published/dcpt_usage1_chemistry_1.8B_10B.csv", 1), ("published/ibrahim2024_replay.csv", 1)] {
        let Some(bytes) = real("published_tables_open", file) else { return };
        let table = open(&bytes);
        assert!(table.observations.len() >= rows, "{file}");
        assert!(table.observations.losses.iter().any(|l| l.kind == LossKind::General), "{file}: {:?}", table.columns);
        assert!(table.observations.losses.iter().any(|l| l.kind == LossKind::Domain), "{file}");
        assert!(table.observations.domain_share.is_some(), "{file}");
    }
}
