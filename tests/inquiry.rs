//! What is asked of a fit beyond its numbers: shared work, and what the reports say.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use ratioscope::chart::small::{SmallView, Stroke};
use ratioscope::fit::{Constraint, Options, Rule, Session, Study};
use ratioscope::inquiry::{Bench, Inquiry, Part, Question, Report, Step, Topic};
use ratioscope::law::Recipe;
use ratioscope::reply::Grid;
use ratioscope::table::{self, Measure, Reading, Table};

fn sound() -> Table {
    let bytes = std::fs::read("tests/notes/sound.csv").expect("a fixture of this repository");
    table::read(&bytes, &Reading::default()).expect("a sound table")
}

fn options(draws: usize) -> Options {
    Options { draws, ..Options::default() }
}

fn study(table: &Table, options: &Options) -> Study {
    let mut session = Session::new(table, None, &[], options).expect("a fit");
    while session.missing().is_some() {
        session.step();
    }
    session.study()
}

fn question(table: &Table, topic: Topic, parameter: &str) -> Question {
    let target = table.observations.losses.first().expect("a loss").name.clone();
    let at = Recipe { domain_share: 0.4, size: 1e9, tokens: 1e10 };
    Question {
        topic,
        target,
        parameter: parameter.to_owned(),
        file: "runs of mine.csv".to_owned(),
        at,
        measure: Measure::Nats,
        decisions: Vec::new(),
        beside: Vec::new(),
    }
}

fn alone(table: &Table, study: &Study, question: &Question) -> Report {
    let mut bench = Bench::new(table, None, &study.options);
    let mut inquiry = Inquiry::new(question.clone());
    while inquiry.step(&mut bench, table) != Step::Complete {}
    bench.report(question, study)
}

fn tables(report: &Report) -> Vec<&ratioscope::reply::Grid> {
    report.parts.iter().filter_map(|part| if let Part::Table(grid) = part { Some(grid) } else { None }).collect()
}

fn said(report: &Report) -> String {
    let text = |part: &Part| match part {
        Part::Answer(text) | Part::Text(text) | Part::Title(text) | Part::Warning(text) => Some(text.clone()),
        _ => None,
    };
    report.parts.iter().filter_map(text).collect::<Vec<_>>().join("\n")
}

#[test]
fn two_workers_give_the_report_of_one() {
    let table = sound();
    let study = study(&table, &options(40));
    for topic in [Topic::Validation, Topic::Comparison, Topic::Residuals] {
        let question = question(&table, topic, "");
        let (mut mine, mut other) =
            (Bench::new(&table, None, &study.options), Bench::new(&table, None, &study.options));
        let (mut up, mut down) = (Inquiry::new(question.clone()), Inquiry::new(question.clone()));
        let mut helped = 0;
        loop {
            if let Some(Some((unit, found))) = down.help(&mut other, &table) {
                helped += usize::from(!mine.has(&unit));
                mine.take_in(&unit, found);
            }
            if up.step(&mut mine, &table) == Step::Complete {
                break;
            }
        }
        assert!(helped > 5, "{topic:?}: the other did {helped}");
        assert_eq!(mine.report(&question, &study), alone(&table, &study, &question), "{topic:?}");
    }
}

#[test]
fn validation_scores_every_protocol_with_its_error() {
    let table = sound();
    let study = study(&table, &options(0));
    let report = alone(&table, &study, &question(&table, Topic::Validation, ""));
    let short = report.short.as_ref().expect("a short table");
    let names: Vec<&str> = short.rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(
        names,
        ["Each size", "Thirds of tokens", "Pairs of ratios", "Each run", "Largest size", "Longest budget"]
    );
    for row in &short.rows[..4] {
        assert!(row[2].contains(" ± ") && row[2].ends_with(" %"), "{row:?}");
    }
    assert!(said(&report).contains("On a run it has not seen the law is off by"), "{}", said(&report));
}

#[test]
fn a_cached_comparison_answers_at_another_recipe_without_work() {
    let table = sound();
    let study = study(&table, &options(40));
    let mut question = question(&table, Topic::Comparison, "");
    let mut bench = Bench::new(&table, None, &study.options);
    let mut inquiry = Inquiry::new(question.clone());
    while inquiry.step(&mut bench, &table) != Step::Complete {}
    let first = bench.report(&question, &study);
    assert!(tables(&first)[0].rows.len() >= 3, "{:?}", tables(&first)[0]);
    question.at.domain_share = 0.7;
    assert_eq!(Inquiry::new(question.clone()).step(&mut bench, &table), Step::Complete);
    let second = bench.report(&question, &study);
    let predicted = |report: &Report| tables(report)[0].rows.iter().map(|row| row[4].clone()).collect::<Vec<_>>();
    assert_ne!(predicted(&first), predicted(&second));
    assert!(predicted(&second).iter().all(|cell| cell.contains("law ")));
    assert!(tables(&second)[0].rows.iter().all(|row| row[5].contains('–')), "the interval of a new run");
}

#[test]
fn what_the_d_cpt_paper_prints_stands_beside_what_was_found_here() {
    let text = std::fs::read_to_string("tests/notes/sound.csv").expect("a fixture of this repository");
    // One file as the losses of either corpus: what is printed differs between the two.
    for (header, printed) in [("general_loss", ["0.0048", "0.9968"]), ("domain_loss", ["0.0157", "0.9796"])] {
        let bytes = text.replace("domain_loss", header).into_bytes();
        let table = table::read(&bytes, &Reading::default()).expect("a sound table");
        let study = study(&table, &options(0));
        let target = study.targets.values().next().expect("a fit");
        let question = question(&table, Topic::Comparison, "");
        let report = alone(&table, &study, &question);
        let beside =
            tables(&report).into_iter().find(|grid| grid.caption.contains("in the D-CPT paper")).expect("the table");
        assert_eq!(beside.rows.len(), 4, "the paper's forms: {:?}", beside.rows);
        let row = beside.rows.iter().find(|row| row[0].starts_with("D-CPT")).expect("a row");
        assert_eq!(row[1..3], printed);
        let [fitted, left_out] = [&row[3], &row[4]].map(|r2| r2.parse::<f64>().expect("a number"));
        assert!((fitted - target.quality.r2).abs() < 1e-3 && left_out <= fitted, "{row:?}");
        // The scores of the law that is open have the same figures.
        let scored = said(&alone(&table, &study, &Question { topic: Topic::Validation, ..question }));
        assert!(printed.iter().all(|figure| scored.contains(figure)), "{scored}");
    }
}

#[test]
fn laws_without_a_constrained_parameter_are_compared_all_the_same() {
    let table = sound();
    let eta = Constraint { target: None, parameter: "eta".to_owned(), rule: Rule::Fix(0.5) };
    let options = Options { constraints: vec![eta], ..options(24) };
    let study = study(&table, &options);
    let report = alone(&table, &study, &question(&table, Topic::Comparison, ""));
    assert!(tables(&report)[0].rows.iter().any(|row| row[0].starts_with("Chinchilla")), "{:?}", tables(&report)[0]);
    assert!(said(&report).contains("kept by every law that has it"));
}

#[test]
fn profiles_say_where_they_end_and_where_they_do_not() {
    let table = sound();
    let study = study(&table, &options(24));
    let report = alone(&table, &study, &question(&table, Topic::Profile, "E"));
    assert!(said(&report).contains("Profile interval at 90 %"), "{}", said(&report));
    let bytes = std::fs::read("tests/notes/unidentified.csv").expect("a fixture of this repository");
    let open = table::read(&bytes, &Reading::default()).expect("a table");
    let study = crate::study(&open, &options(24));
    let names: Vec<String> =
        study.targets.values().flat_map(|fit| fit.parameters.iter().map(|p| p.name.clone())).collect();
    let unbounded = names
        .iter()
        .any(|name| said(&alone(&open, &study, &question(&open, Topic::Profile, name))).contains("unbounded"));
    assert!(unbounded, "no side of any parameter is unbounded");
}

#[test]
fn the_file_holds_the_fit_by_name() {
    let table = sound();
    let study = study(&table, &options(24));
    let report = alone(&table, &study, &question(&table, Topic::File, ""));
    let Some(Part::Take(file)) = report.parts.first() else { panic!("no file: {:?}", report.parts) };
    let read: serde_json::Value = serde_json::from_str(&file.text).expect("JSON");
    let fit = study.targets.values().next().expect("a fit");
    let parameters = &read["targets"][&fit.target]["parameters"];
    for estimate in &fit.parameters {
        let value = parameters[&estimate.name]["value"].as_f64().expect("a number");
        assert!((value / estimate.value - 1.0).abs() < 1e-12, "{}: {value}", estimate.name);
    }
    assert_eq!(read["draws"], 24);
    assert_eq!(read["file"], "runs of mine.csv");
}

#[test]
fn residuals_are_drawn_with_their_numbers() {
    let table = sound();
    let study = study(&table, &options(40));
    let report = alone(&table, &study, &question(&table, Topic::Residuals, ""));
    let charts = charts(&report);
    assert_eq!(charts.len(), 8, "size, ratio, tokens, quantiles; draws of four pairs of parameters");
    for (view, numbers) in &charts {
        assert!(!numbers.rows.is_empty() && view.x.ticks.len() > 1 && view.y.ticks.len() > 1, "{}", view.title);
        assert!(ratioscope::chart::small::scene(view, 320.0, Some(0)).is_finite());
        assert!(view.said.iter().is_sorted_by(|(a, _), (b, _)| a.0 <= b.0), "a cursor goes along {}", view.title);
    }
    // A cursor reads which row of which run a residual is, and how far off it lies.
    let row = table.observations.line.iter().position(|line| *line == 5).expect("a row");
    let run = &table.observations.runs[table.observations.run[row] as usize];
    for (view, _) in &charts[..4] {
        let words = view.said.iter().map(|(_, words)| words).filter(|words| words.starts_with("Row 5, "));
        let words: Vec<&String> = words.collect();
        assert!(words.len() == 1 && words[0].contains(run.as_str()) && words[0].contains(" the law; "), "{words:?}");
    }
    let titles: Vec<&str> = charts[4..].iter().map(|(view, _)| view.title.as_str()).collect();
    assert!(titles.iter().all(|title| title.starts_with("Draws of ")), "{titles:?}");
    let correlation =
        |title: &str| title.rsplit(' ').next().and_then(|text| text.replace('−', "-").parse::<f64>().ok());
    let sizes: Vec<f64> = titles.iter().filter_map(|title| correlation(title)).map(f64::abs).collect();
    assert!(sizes.len() == 4 && sizes.is_sorted_by(|a, b| a >= b), "the closest pair first: {titles:?}");
    let matrix = report.parts.iter().any(
        |part| matches!(part, Part::Matrix { names, values, .. } if names.len() == values.len() && names.len() > 4),
    );
    assert!(matrix, "a matrix of the free parameters");
    assert!(said(&report).contains("Without ") && said(&report).contains("Condition number"), "{}", said(&report));
}

/// The charts of a report.
fn charts(report: &Report) -> Vec<(SmallView, Grid)> {
    let charts =
        report.parts.iter().filter_map(|part| if let Part::Charts(charts) = part { Some(charts) } else { None });
    charts.flatten().cloned().collect()
}

#[test]
fn laws_are_drawn_beside_each_other_in_the_order_of_the_table() {
    let table = sound();
    let study = study(&table, &options(40));
    let report = alone(&table, &study, &question(&table, Topic::Comparison, ""));
    let laws: Vec<String> =
        tables(&report)[0].rows.iter().map(|row| row[0].split('\n').next().unwrap_or_default().to_owned()).collect();
    let charts = charts(&report);
    assert_eq!(charts.len(), 2, "errors and predictions");
    for (view, numbers) in &charts {
        assert_eq!(numbers.rows.iter().map(|row| row[0].clone()).collect::<Vec<_>>(), laws, "{}", view.title);
        // The first law on top, and a mark a law on its own line.
        let heights: Vec<f64> = view.y.ticks.iter().map(|(at, _)| *at).collect();
        assert!(heights.is_sorted_by(|a, b| a > b), "{heights:?}");
        let marks = view.strokes.iter().find_map(|stroke| if let Stroke::Marks(at) = stroke { Some(at) } else { None });
        assert_eq!(marks.map(|marks| marks.iter().map(|at| at.1).collect::<Vec<_>>()), Some(heights));
    }
}

#[test]
fn decisions_are_answered_under_every_law() {
    use ratioscope::decide::Choices;
    use ratioscope::reply;

    let bytes = std::fs::read("assets/examples/generated-grid.csv").expect("an example");
    let table = table::read(&bytes, &Reading::default()).expect("a sound table");
    let study = study(&table, &options(40));
    let mut question = question(&table, Topic::Comparison, "");
    question.beside = study.targets.keys().cloned().collect();
    let decision = reply::Question::new(reply::Topic::TradeOff, &Choices::default(), question.at, None);
    question.decisions = vec![decision.clone()];
    let report = alone(&table, &study, &question);
    let [under] = &report.decisions[..] else { panic!("one decision, not {}", report.decisions.len()) };
    assert!(!under.words.is_empty());
    // Every law that is compared answers, or says why not; the fitted one as it does alone, on the same paired draws.
    let compared = tables(&report)[0].rows.len();
    assert_eq!(under.answers.rows.len(), compared);
    assert!(compared > 2);
    let alone = decision.answer(&[&study]);
    let fitted = ratioscope::law::by_id(&study.targets.values().next().expect("a fit").law).expect("a law").name();
    assert_eq!(under.answers.rows[0][..2], [fitted.to_owned(), alone.figure]);
    for row in &under.answers.rows {
        // Read from the program's way of asking the same law for both losses at once.
        let law = ratioscope::law::CATALOGUE.iter().find(|law| law.name() == row[0]).expect("a law of the catalogue");
        let mut session = Session::new(&table, Some(law.id()), &[], &options(40)).expect("a fit");
        while session.missing().is_some() {
            session.step();
        }
        let reply = decision.answer(&[&session.study()]);
        assert_eq!(row[1], reply.figure, "{}", row[0]);
    }
}
