//! The template the page offers: it opens without a correction, a question or a problem, and can be fitted as it is.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use ratioscope::fit::{Options, Session};
use ratioscope::table::{self, Reading, Role};

const TEMPLATE: &str = include_str!("../assets/template.csv");

#[test]
fn the_template_opens_without_a_correction() {
    let table = table::read(TEMPLATE.as_bytes(), &Reading::default()).unwrap();
    let said: Vec<String> = table.problems.kept.iter().map(ToString::to_string).collect();
    assert!(said.is_empty(), "{said:?}");
    let roles: Vec<Role> = table.columns.iter().map(|column| column.role).collect();
    assert_eq!(
        roles,
        [Role::Run, Role::Size, Role::Tokens, Role::DomainShare, Role::GeneralLoss, Role::DomainLoss, Role::Seed]
    );
    let all = &table.observations;
    assert_eq!((table.rows, all.len(), all.runs.len()), (48, 48, 12));
    let first = (all.size.as_ref().unwrap()[0], all.tokens.as_ref().unwrap()[0], all.domain_share.as_ref().unwrap()[0]);
    assert_eq!(first, (0.5e9, 2e9, 0.1));
    // It says of itself that nobody measured it.
    assert!(TEMPLATE.starts_with("# ") && TEMPLATE.lines().next().unwrap().contains("not measured"));
}

#[test]
fn the_template_can_be_fitted_as_it_is() {
    let table = table::read(TEMPLATE.as_bytes(), &Reading::default()).unwrap();
    let options = Options { draws: 5, ..Options::default() };
    let mut session = Session::new(&table, None, &[], &options).unwrap();
    while session.step().0 < options.draws {}
    let study = session.study();
    assert_eq!(study.domains, ["domain_loss"]);
    assert_eq!(study.general.as_deref(), Some("general_loss"));
    assert!(study.unfitted.is_empty(), "{:?}", study.unfitted);
}
