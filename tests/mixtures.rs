//! Mixtures of several corpora from the file to the law: which law is picked by itself, which losses it takes, what leads
//! to a law of one ratio and back, what is missing where it can't run.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use ratioscope::fit::{FitError, Options, Session, prepare};
use ratioscope::inquiry::{Bench, Inquiry, Part, Question, Step, Topic};
use ratioscope::law::{self, Law, Need, Ranges, Recipe};
use ratioscope::reply;
use ratioscope::table::{self, Choice, Filter, Keep, Measure, NamedBytes, Reading, Role, Table, read_files};

const NAMES: [&str; 7] = ["arxiv", "book", "c4", "github", "commoncrawl", "stackexchange", "wikipedia"];

/// What a generated file has besides the shares and the losses.
#[derive(Clone, Copy)]
struct Made<'a> {
    corpora: &'a [&'a str],
    mixtures: usize,
    sizes: &'a [f64],
    budgets: &'a [f64],
}

const SEVEN: Made = Made { corpora: &NAMES, mixtures: 40, sizes: &[1.22e8], budgets: &[4e9] };
const THREE: Made = Made { corpora: &["web", "books", "code"], mixtures: 24, sizes: &[1e9], budgets: &[1e10] };

/// A wide file laid out as SlimPajama's mixtures are: a weight a corpus, size and tokens, a loss a corpus by the data
/// mixing law with a little noise.
fn file(made: Made) -> String {
    let mut state = 11u64;
    let mut draw = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let weights: Vec<String> = made.corpora.iter().map(|name| format!("weight_{name}")).collect();
    let losses: Vec<String> = made.corpora.iter().map(|name| format!("{name}_loss")).collect();
    let mut text = format!("{},model_size,n_tokens,{}\n", weights.join(","), losses.join(","));
    for _ in 0..made.mixtures {
        let raw: Vec<f64> = made.corpora.iter().map(|_| draw() * draw() + 0.02).collect();
        let sum: f64 = raw.iter().sum();
        let shares: Vec<f64> = raw.iter().map(|share| share / sum).collect();
        for (size, tokens) in made.sizes.iter().flat_map(|size| made.budgets.iter().map(move |tokens| (size, tokens))) {
            let loss = |own: usize| {
                let effect: f64 =
                    shares.iter().enumerate().map(|(j, r)| if j == own { -2.5 * r } else { 0.4 * r }).sum();
                let scale = 300.0 / size.powf(0.3) + 100.0 / tokens.powf(0.28);
                1.6 + 0.1 * own as f64 + scale + 0.9 * effect.exp()
            };
            let noisy: Vec<String> =
                (0..shares.len()).map(|own| (loss(own) * (1.0 + 1e-3 * (draw() - 0.5))).to_string()).collect();
            let shares: Vec<String> = shares.iter().map(f64::to_string).collect();
            text.push_str(&format!("{},{size},{tokens},{}\n", shares.join(","), noisy.join(",")));
        }
    }
    text
}

fn read(text: &str, reading: &Reading) -> Table {
    table::read(text.as_bytes(), reading).unwrap_or_else(|error| panic!("{error}"))
}

fn fit(table: &Table, law: Option<&str>, targets: &[&str]) -> Result<Session, FitError> {
    let targets: Vec<String> = targets.iter().map(|name| (*name).to_owned()).collect();
    Session::new(table, law, &targets, &Options { draws: 0, ..Options::default() })
}

/// The law and the losses of what is fitted by itself.
fn picked(table: &Table) -> (Vec<String>, Vec<String>) {
    let study = fit(table, None, &[]).unwrap().study();
    let mut laws: Vec<String> = study.targets.values().map(|fit| fit.law.clone()).collect();
    laws.dedup();
    (laws, study.targets.into_keys().collect())
}

fn domain(names: &[&str]) -> Reading {
    Reading { domain_corpora: names.iter().map(|name| (*name).to_owned()).collect(), ..Reading::default() }
}

fn lacks(table: &Table, law: &str) -> Vec<String> {
    let data = prepare::ranges(&table.observations);
    law::lacks(law::by_id(law).unwrap(), &data).iter().map(Need::to_string).collect()
}

#[test]
fn a_file_of_mixtures_opens_under_the_law_of_all_corpora_with_every_loss() {
    for (made, law) in [(SEVEN, "data-mixing-7"), (THREE, "data-mixing-3")] {
        let table = read(&file(made), &Reading::default());
        let (laws, losses) = picked(&table);
        assert_eq!(laws, [law]);
        assert_eq!(losses.len(), made.corpora.len(), "{losses:?}");
        assert_eq!(prepare::ranges(&table.observations).mixtures, made.mixtures);
        assert!(table.problems.kept.len() == 1, "one thing to check: {:?}", table.problems.kept);
        let said = table.problems.kept[0].to_string();
        assert!(
            said.contains(&format!("{} corpora", made.corpora.len())) && said.contains("pick the domain’s"),
            "{said}"
        );
    }
}

#[test]
fn a_domain_that_is_said_means_its_ratio_and_leaves_the_other_losses_aside() {
    let text = file(THREE);
    let choice = Choice { role: Role::DomainShare, unit: None };
    let by_role = Reading { columns: [("weight_code".to_owned(), choice)].into(), ..Reading::default() };
    for reading in [domain(&["code"]), by_role] {
        let table = read(&text, &reading);
        let (laws, losses) = picked(&table);
        assert!(laws.iter().all(|law| !law.starts_with("data-mixing-")), "{laws:?}");
        assert_eq!(losses, ["code_loss", "web_loss"]);
        assert_eq!(table.observations.losses.len(), 3, "books_loss waits");
        // The way back needs no other reading.
        let whole = fit(&table, Some("data-mixing-3"), &[]).unwrap().study();
        assert_eq!(whole.targets.len(), 3);
    }
    let two = read(&text, &domain(&["code", "books"]));
    assert_eq!(picked(&two).1, ["books_loss", "code_loss", "web_loss"], "each corpus of the domain has its loss");
    // A law of one ratio chosen by hand is fitted to the corpus that was taken for the domain.
    let free = read(&text, &Reading::default());
    let ratio = fit(&free, Some("d-cpt"), &[]).unwrap().study();
    assert_eq!(ratio.targets.into_keys().collect::<Vec<_>>(), ["books_loss", "web_loss"]);
    assert!(ratio.unfitted.is_empty(), "{:?}", ratio.unfitted);
}

#[test]
fn a_loss_of_another_corpus_that_is_asked_for_under_a_ratio_is_refused_in_a_sentence() {
    let table = read(&file(THREE), &Reading::default());
    let Err(error) = fit(&table, Some("d-cpt"), &["code_loss"]) else { panic!("it has no ratio of its own") };
    assert!(matches!(&error, FitError::OtherCorpus { loss, .. } if loss == "code_loss"), "{error}");
    let beside = fit(&table, Some("d-cpt"), &["code_loss", "web_loss"]).unwrap().study();
    assert!(
        beside.targets.len() == 1 && beside.unfitted[0].starts_with("code_loss is not fitted"),
        "{:?}",
        beside.unfitted
    );
    assert_eq!(fit(&table, Some("d-cpt"), &["domain"]).unwrap().study().targets.len(), 1, "the domain is one corpus");
}

#[test]
fn what_the_law_of_all_corpora_lacks_is_said() {
    let of = |made: Made| read(&file(made), &Reading::default());
    let few = of(Made { mixtures: 4, ..THREE });
    assert_eq!(lacks(&few, "data-mixing-3"), ["5 different mixtures or more, as it has 4 parameters"]);
    assert!(lacks(&of(Made { mixtures: 5, ..THREE }), "data-mixing-3").is_empty());
    let sizes = of(Made { sizes: &[1e8, 1e9], ..THREE });
    assert_eq!(lacks(&sizes, "data-mixing-3"), ["runs of one model size, as it does not know it"]);
    let budgets = of(Made { budgets: &[1e9, 1e10], ..SEVEN });
    assert_eq!(lacks(&budgets, "data-mixing-7"), ["runs of one token budget, as it does not know it"]);
    for table in [&few, &sizes, &budgets] {
        let (laws, losses) = picked(table);
        assert!(laws.iter().all(|law| !law.starts_with("data-mixing-")) && losses.len() == 2, "{laws:?} {losses:?}");
    }
    // The decision that rests on it says so, too.
    let study = fit(&sizes, None, &[]).unwrap().study();
    let at = Recipe { domain_share: 0.5, size: 1e9, tokens: 1e10 };
    let asked = reply::Question::new(reply::Topic::Mixture, &Default::default(), at, None).answer(&[&study]);
    assert!(asked.words[1].contains("one model size"), "{:?}", asked.words);
    assert_eq!(asked.law.unwrap().0, "data-mixing-3");
    // Rows of one size alone are a file of mixtures.
    let keep = Filter { column: "model_size".into(), keep: Keep::Equals(vec!["1000000000".into()]) };
    let one = read(&file(Made { sizes: &[1e8, 1e9], ..THREE }), &Reading { filters: vec![keep], ..Reading::default() });
    assert_eq!(picked(&one).0, ["data-mixing-3"]);
}

#[test]
fn what_is_picked_follows_from_the_ranges_alone() {
    let mixed = Ranges { corpora: 3, mixtures: 5, ..Ranges::default() };
    let id = |data: Ranges| law::pick(&data).id();
    assert_eq!(id(mixed), "data-mixing-3");
    // A fit saved before mixtures were counted.
    assert_eq!(id(Ranges { mixtures: 0, ..mixed }), "data-mixing-3");
    for other in [
        Ranges { domain_chosen: true, ..mixed },
        Ranges { mixtures: 4, ..mixed },
        Ranges { corpora: 2, ..mixed },
        Ranges { scores: true, ..mixed },
    ] {
        assert!(!law::is_of_corpora(law::pick(&other)), "{other:?}");
    }
    let offered: Vec<&str> = law::offered(&mixed).map(Law::id).collect();
    assert_eq!(offered.len(), law::CATALOGUE.len() + 1);
    assert_eq!(law::offered(&Ranges { corpora: 2, ..mixed }).count(), law::CATALOGUE.len());
    // Settings and fits of an earlier version know neither number.
    let old: Ranges = serde_json::from_str(r#"{"size":null,"tokens":null,"ratio":null,"corpora":3}"#).unwrap();
    assert_eq!((old.mixtures, old.domain_chosen), (0, false));
}

/// One that is blank is not measured, and one that can't be read is a problem as any other.
#[test]
fn a_loss_of_another_corpus_may_be_missing_in_a_row() {
    let text = file(THREE);
    let (head, last) = text.trim_end().rsplit_once(',').unwrap();
    let of_code = |text: &str| {
        let table = read(text, &Reading::default());
        let rows = fit(&table, None, &[]).unwrap().study().targets["code_loss"].quality.n;
        (rows, table.problems.kept.iter().filter(|problem| !problem.is_question()).count(), table.observations.len())
    };
    assert_eq!(of_code(&format!("{head},{last}\n")), (24, 0, 24));
    assert_eq!(of_code(&format!("{head},\n")), (23, 0, 24));
    assert_eq!(of_code(&format!("{head},soon\n")), (23, 1, 24));
}

/// Settings of a link from before: the losses of the other corpora taken in by hand, each as a domain loss.
#[test]
fn losses_taken_in_by_hand_are_still_fitted() {
    let choice = Choice { role: Role::DomainLoss, unit: None };
    let reading = Reading { columns: [("code_loss".to_owned(), choice)].into(), ..Reading::default() };
    let table = read(&file(THREE), &reading);
    let whole = fit(&table, Some("data-mixing-3"), &[]).unwrap().study();
    assert_eq!(whole.targets.len(), 3);
}

/// Laws compared on a loss that only the law of all corpora knows, and on one that laws of a ratio know as well.
#[test]
fn laws_are_compared_where_they_are_about_the_loss() {
    let table = read(&file(Made { mixtures: 12, ..THREE }), &Reading::default());
    let options = Options { draws: 8, ..Options::default() };
    let study = Session::new(&table, None, &[], &options).unwrap().study();
    let at = Recipe { domain_share: 0.3, size: 1e9, tokens: 1e10 };
    let asked = |target: &str, law: Option<&str>| {
        let question = Question {
            topic: Topic::Comparison,
            target: target.to_owned(),
            parameter: String::new(),
            file: String::new(),
            at,
            measure: Measure::Nats,
            decisions: Vec::new(),
            beside: Vec::new(),
        };
        let mut bench = Bench::new(&table, law, &options);
        let mut inquiry = Inquiry::new(question.clone());
        while inquiry.step(&mut bench, &table) != Step::Complete {}
        let grids = bench.report(&question, &study).parts.into_iter();
        let mut grids = grids.filter_map(|part| if let Part::Table(grid) = part { Some(grid) } else { None });
        grids.next().unwrap()
    };
    let only = asked("code_loss", None);
    assert!(
        only.rows.len() == 1 && only.rows[0][0].starts_with("Data mixing, exponential, 3 corpora"),
        "{:?}",
        only.rows
    );
    assert_eq!(only.head.len(), 4, "a mixture is no recipe to predict at: {:?}", only.head);
    let both = asked("web_loss", Some("d-cpt"));
    let cells = |name: &str| both.rows.iter().find(|row| row[0].starts_with(name)).unwrap();
    assert_eq!(cells("Data mixing, exponential, 3 corpora")[4], "–", "it has no answer at a ratio");
    assert!(cells("D-CPT Law")[4].starts_with(char::is_numeric), "{:?}", both.rows);
}

#[test]
fn regmix_opens_under_the_law_of_its_seventeen_corpora() {
    let name = "regmix_opens_under_the_law_of_its_seventeen_corpora";
    let bytes = ["train_mixture_1m.csv", "train_pile_loss_1m.csv"]
        .map(|file| common::real_data(name, &format!("regmix/{file}")).map(|path| std::fs::read(path).unwrap()));
    let [Some(mixture), Some(losses)] = &bytes else { return };
    let files = [NamedBytes { name: "mixture", bytes: mixture }, NamedBytes { name: "losses", bytes: losses }];
    let table = read_files(&files, &Reading::default()).unwrap();
    let data = prepare::ranges(&table.observations);
    assert_eq!((data.corpora, data.mixtures, law::pick(&data).id()), (17, 512, "data-mixing-17"));
    assert!(table.observations.losses.iter().all(|loss| prepare::is_about(law::pick(&data), loss)));
    let github = read_files(&files, &domain(&["github"])).unwrap();
    assert!(!law::is_of_corpora(law::pick(&prepare::ranges(&github.observations))));
}

/// SlimPajama's file has six sizes and many budgets: a law of one ratio, until one of each is kept.
#[test]
fn slimpajama_opens_under_the_law_of_its_seven_corpora_where_one_size_and_budget_are_kept() {
    let name = "slimpajama_opens_under_the_law_of_its_seven_corpora_where_one_size_and_budget_are_kept";
    let Some(path) = common::real_data(name, "slimpajama-mixtures/dmsl_llm_slimpajama.csv") else { return };
    let bytes = std::fs::read(path).unwrap();
    let whole = table::read(&bytes, &Reading::default()).unwrap();
    assert_eq!(lacks(&whole, "data-mixing-7").len(), 2, "one size, one budget");
    assert!(!law::is_of_corpora(law::pick(&prepare::ranges(&whole.observations))));
    let keep = |column: &str, cell: &str| Filter { column: column.into(), keep: Keep::Equals(vec![cell.into()]) };
    let filters = vec![keep("model_size", "122000000.0"), keep("n_tokens", "3998000000.0")];
    let kept = table::read(&bytes, &Reading { filters, ..Reading::default() }).unwrap();
    let (laws, losses) = picked(&kept);
    assert_eq!((laws, losses.len()), (vec!["data-mixing-7".to_owned()], 8), "{} rows", kept.observations.len());
}
