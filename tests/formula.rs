//! A law of a person's own: what is read, where a mistake is, exact derivatives, and the same fit as the built-in law.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "common/studies.rs"]
mod studies;

use ratioscope::fit::{FitError, Options, Session};
use ratioscope::law::formula::{self, Wrong};
use ratioscope::law::{self, Enters, Input, Law, Place, Points, Scale};
use ratioscope::table::{self, Reading};
use studies::example;

const D_CPT: &str = "E + A/N^alpha + B*r^eta/D^beta + C/(r + eps)^gamma";
/// The same as no list of terms: a power of a product with a number in it.
const D_CPT_ON_TAPE: &str = "E + A/N^alpha + B*(1*r)^eta/D^beta + C*exp(-gamma*ln(r + eps)) where eps in 0.001..1";

fn law(text: &str) -> &'static dyn Law {
    formula::law(text).unwrap_or_else(|mistake| panic!("{}", mistake.pointed(text)))
}

fn names(law: &dyn Law) -> Vec<&'static str> {
    law.parameters().iter().map(|parameter| parameter.name).collect()
}

#[test]
fn a_formula_is_a_law_like_any_other() {
    let law = law(D_CPT);
    assert_eq!(names(law), ["E", "A", "alpha", "B", "eta", "beta", "C", "eps", "gamma"]);
    let linear: Vec<&str> = law.parameters().iter().filter(|p| p.is_linear()).map(|p| p.name).collect();
    assert_eq!(linear, ["E", "A", "B", "C"], "what the loss is linear in is found");
    let symbols: Vec<&str> = law.parameters().iter().map(|parameter| parameter.symbol).collect();
    assert_eq!(symbols, ["E", "A", "α", "B", "η", "β", "C", "ε", "γ"]);
    assert_eq!(law::form::written(law), law::form::written(law::by_id("d-cpt").unwrap()));
    assert_eq!(law::by_id(D_CPT).map(|law| law.id()), Some(D_CPT), "its text is its id");
    // Every bound of the built-in law.
    for own in law.parameters() {
        let built_in = law::by_id("d-cpt").unwrap();
        let other = built_in.parameters().iter().find(|other| other.name == own.name).unwrap();
        assert_eq!((own.bounds, own.enters), (other.bounds, other.enters), "{}", own.name);
    }
}

#[test]
fn it_is_written_as_people_write() {
    for text in [
        "L = E + A / N**alpha + B·r^eta / D^beta + C / (r+eps)^gamma",
        "E+A*N^(-alpha)+B*r^eta*D^-beta+C*(r+eps)^(-gamma)",
        "E + 1*A/N^alpha + B/D^beta*r^eta + C/(eps + r)^gamma",
    ] {
        assert_eq!(law(text).terms().len(), 4, "{text}");
        assert!(law(text).text().is_none(), "{text} is a list of terms");
    }
    assert_eq!(law("E − A*D^0.5").terms()[1].sign, law::Sign::Minus);
    assert!(law("E + A*(N*D)^-alpha").text().is_none());
    assert!(law("E + K*exp(-t*r)").text().is_none());
    assert!(law("E + A*D^beta/((1 + b*r)^alpha*N^alpha)").text().is_none());
    assert!(law("E + A*ln(D)").text().is_some(), "more than a product of powers");
    assert_eq!(law("S = Smax - A/D^alpha").terms().len(), 2);
}

#[test]
fn signs_and_ranges_are_said_after_where() {
    let law = law("E + A/N^alpha + B*D^s where A free, B <= 0, s in -1..0.5, alpha in 0.1..0.9");
    let bounds = |name: &str| law.parameters().iter().find(|p| p.name == name).unwrap().bounds;
    assert_eq!(bounds("A"), (f64::NEG_INFINITY, f64::INFINITY));
    assert_eq!(bounds("B"), (f64::NEG_INFINITY, 0.0));
    assert_eq!(bounds("s"), (-1.0, 0.5));
    assert_eq!(bounds("alpha"), (0.1, 0.9));
    assert_eq!(bounds("E"), (0.0, f64::INFINITY));
    assert!(matches!(law.parameters()[2].enters, Enters::Shape { low: 0.1, high: 0.9 }));
}

#[test]
fn a_mistake_points_at_its_character() {
    for (text, at, wrong) in [
        ("E + A/N^", 8, Wrong::Operand),
        ("E + A N", 6, Wrong::Operator),
        ("E + (A/N^alpha", 4, Wrong::Unclosed),
        ("E + A)/N", 5, Wrong::Unopened),
        ("E + A/N^alpha $ B", 14, Wrong::Character('$')),
        ("E + 1.2.3*N", 4, Wrong::Number("1.2.3".to_owned())),
        ("E + A*foo(N)", 6, Wrong::NotAFunction("foo".to_owned())),
        ("E + min(N)", 9, Wrong::Arguments("min", 2)),
        ("E + exp(N, D)", 9, Wrong::Arguments("exp", 1)),
        ("E + * N", 4, Wrong::Operand),
        ("", 0, Wrong::Operand),
        ("N + D", 0, Wrong::NoParameter),
        ("E + A", 0, Wrong::NoColumn),
        ("E + A*N where B free", 14, Wrong::NotInFormula("B".to_owned())),
        ("E + A*N where N free", 14, Wrong::IsColumn("N".to_owned())),
        ("E + A*N where A", 15, Wrong::Limit),
        ("E + A*N where A in 1..2", 14, Wrong::CoefficientRange),
        ("E + A*N^s where s in 2..1", 21, Wrong::Range),
        ("α + A*ü/N^β €", 12, Wrong::Character('€')),
    ] {
        let mistake = formula::law(text).err().unwrap_or_else(|| panic!("{text} was read"));
        assert_eq!((mistake.at, &mistake.wrong), (at, &wrong), "{text}");
        assert!(mistake.wrong.to_string().ends_with('.'), "{}", mistake.wrong);
    }
    let deep = format!("E + {}N{}", "(".repeat(500), ")".repeat(500));
    assert_eq!(formula::law(&deep).err().unwrap().wrong, Wrong::TooDeep);
    let long = format!("E + N{}", "+N".repeat(2000));
    assert_eq!(formula::law(&long).err().unwrap().wrong, Wrong::TooLong);
    // In a terminal the caret stands below the character.
    let mistake = formula::law("E + A N").err().unwrap();
    assert!(mistake.pointed("E + A N").starts_with("E + A N\n      ^ "), "{}", mistake.pointed("E + A N"));
    // Asked for as a law, the sentence comes along; a word that is no law is not called a formula.
    let pointed = FitError::no_such_law("E + A N").to_string();
    assert!(pointed.contains("      ^ An operator is missing here"), "{pointed}");
    assert!(FitError::no_such_law("d-cpd").to_string().starts_with("No law called “d-cpd”"));
}

/// Whatever characters come, reading ends with a law or a mistake inside the text.
#[test]
fn no_text_breaks_the_reader() {
    let pieces = [
        "E", "N", "D", "r", "+", "-", "*", "/", "^", "(", ")", ",", " ", "1", ".", "2e", "where", "in", "free", "<=",
        "0", "min", "exp", "ln", "é", "𝛼", "\u{0}", "\n", "a'",
    ];
    let mut state = 7u64;
    let mut next = |count: usize| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as usize % count
    };
    for _ in 0..20_000 {
        let text: String = (0..next(16)).map(|_| pieces[next(pieces.len())]).collect();
        if let Err(mistake) = formula::Formula::read(&text) {
            assert!(mistake.at <= text.chars().count(), "{text:?}: {mistake}");
        }
    }
}

fn some_points(n: usize) -> Points {
    let mut points = Points::default();
    let scale = Scale { size: 1e9, tokens: 1e9 };
    for i in 0..n {
        let x = i as f64 / n as f64;
        let (size, tokens) = (3e8 * (1.0 + 7.0 * x), 2e9 * (1.0 + 11.0 * (0.37 * i as f64).fract()));
        let ratio = (0.61 * i as f64 + 0.1).fract();
        let (start, epochs) = (f64::from(u8::from(i % 2 == 0)), 1.0 + 3.0 * x);
        points.push_place(&scale, &Place { size, tokens, ratio, start, epochs, corpora: &[] });
    }
    points
}

/// Derivatives on the tape equal those of the list of terms of the same law, which are checked against automatic
/// differentiation; only rounding is between them.
#[test]
fn the_tape_has_the_terms_derivatives() {
    let (built_in, own) = (law::by_id("d-cpt").unwrap(), law(D_CPT_ON_TAPE));
    assert!(own.text().is_some(), "on the tape");
    // From the built-in's order to the formula's.
    let place: Vec<usize> = own
        .parameters()
        .iter()
        .map(|p| built_in.parameters().iter().position(|other| other.name == p.name).unwrap())
        .collect();
    let theta = [1.6, 0.5, 0.34, 0.4, 0.41, 0.7, 0.3, 0.6, 0.11];
    let own_theta: Vec<f64> = place.iter().map(|&at| theta[at]).collect();
    let n = 40;
    let points = some_points(n);
    let p = theta.len();
    let run = |law: &dyn Law, theta: &[f64]| {
        let (mut loss, mut gradient, mut curvature) = (vec![0.0; n], vec![0.0; n * p], vec![0.0; p * p]);
        law.gradient(theta, &points, &mut loss, &mut gradient);
        let weight: Vec<f64> = (0..n).map(|i| (i as f64 * 0.7).sin()).collect();
        law.curvature(theta, &points, &weight, &mut curvature);
        (loss, gradient, curvature)
    };
    let (loss, gradient, curvature) = run(built_in, &theta);
    let (own_loss, own_gradient, own_curvature) = run(own, &own_theta);
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-12 * (1.0 + a.abs());
    assert!(loss.iter().zip(&own_loss).all(|(a, b)| close(*a, *b)));
    for (own_j, &j) in place.iter().enumerate() {
        for i in 0..n {
            assert!(close(gradient[j * n + i], own_gradient[own_j * n + i]), "{}", own.parameters()[own_j].name);
        }
        for (own_k, &k) in place.iter().enumerate() {
            let (a, b) = (curvature[j * p + k], own_curvature[own_j * p + own_k]);
            assert!((a - b).abs() <= 1e-10 * (1.0 + a.abs()), "{j} {k}: {a} {b}");
        }
    }
}

/// Every function and operator of the tape against central differences: of the value for the gradient, of the gradient
/// for the curvature. The step of 1e-5 leaves an error of 1e-10 and rounding of 1e-11 of the value.
#[test]
fn every_operation_has_its_derivatives() {
    for text in [
        "E*a + exp(a*r)*ln(1 + b*N) - sqrt(c + D)/log10(10 + a)",
        "min(a*N, b*D) + max(c, a*r)*E",
        "(a + N)^(b*r) + E/(c + D*a) - -a",
        "a^b^c*N + E*U + epochs*b^2 + continued*exp(-c)",
        "E + a*b*N + b*c*D + a*c*r",
        "E + K*exp(-a*N)*exp(-a*D)/exp(b*r)",
    ] {
        let law = law(text);
        let p = law.parameters().len();
        let theta: Vec<f64> = (0..p).map(|j| 0.6 + 0.23 * j as f64).collect();
        let n = 12;
        let points = some_points(n);
        let weight: Vec<f64> = (0..n).map(|i| 0.3 + 0.1 * i as f64).collect();
        let gradient = |theta: &[f64]| {
            let (mut loss, mut gradient) = (vec![0.0; n], vec![0.0; n * p]);
            law.gradient(theta, &points, &mut loss, &mut gradient);
            (loss, gradient)
        };
        let (_, exact) = gradient(&theta);
        let mut curvature = vec![0.0; p * p];
        law.curvature(&theta, &points, &weight, &mut curvature);
        for j in 0..p {
            let h = 1e-5;
            let moved = |by: f64| {
                let mut theta = theta.clone();
                theta[j] += by;
                gradient(&theta)
            };
            let ((up, up_gradient), (down, down_gradient)) = (moved(h), moved(-h));
            for i in 0..n {
                let difference = (up[i] - down[i]) / (2.0 * h);
                assert!((difference - exact[j * n + i]).abs() < 1e-7 * (1.0 + difference.abs()), "{text}: {j} at {i}");
            }
            for k in 0..p {
                let difference: f64 =
                    (0..n).map(|i| weight[i] * (up_gradient[k * n + i] - down_gradient[k * n + i]) / (2.0 * h)).sum();
                let ours = curvature[k * p + j];
                assert!(
                    (difference - ours).abs() < 1e-6 * (1.0 + difference.abs()),
                    "{text}: {k} {j}: {difference} {ours}"
                );
            }
        }
    }
}

#[test]
fn what_is_linear_is_linear_jointly() {
    let law = law("E + a*b*N + b*D");
    let linear: Vec<bool> = law.parameters().iter().map(|p| p.is_linear()).collect();
    // E and a; b multiplies a.
    assert_eq!(linear, [true, true, false]);
}

#[test]
fn it_says_which_columns_it_needs() {
    let law = law("E + A*continued/D^beta + C/U^gamma");
    for input in [Input::Start, Input::Tokens, Input::Epochs] {
        assert!(law.inputs().contains(&input), "{input:?}");
    }
    assert!(law.may_rise_with_tokens(), "no list of terms: not known before it is fitted");
    assert!(!law::by_id(D_CPT).unwrap().may_rise_with_tokens());
    assert!(law::by_id("E + A*D^s").unwrap().may_rise_with_tokens());
}

/// The D-CPT Law typed by hand ends at the built-in law's objective, as terms and on the tape. As terms the search, the
/// bounds and the polish are the same but for the order of parameters; on the tape the axes are in billions.
#[test]
fn it_fits_as_the_built_in_law() {
    let table = table::read(example("generated-grid.csv").as_bytes(), &Reading::default()).unwrap();
    let options = Options { draws: 0, ..Options::default() };
    let objective = |law: &str| {
        let start = std::time::Instant::now();
        let study = Session::new(&table, Some(law), &["domain".to_owned()], &options).unwrap().study();
        // Printed, not judged: benches/engine.rs measures the ratio.
        println!("{:.0} ms: {law}", start.elapsed().as_secs_f64() * 1e3);
        study.targets.values().next().unwrap().quality.objective
    };
    let built_in = objective("d-cpt");
    for text in [D_CPT, D_CPT_ON_TAPE] {
        let own = objective(text);
        // The bar at which two fits are the same optimum.
        assert!((own / built_in - 1.0).abs() < 1e-6, "{text}: {own}, built in {built_in}");
    }
}
