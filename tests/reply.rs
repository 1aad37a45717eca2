//! What the page shows of a decision: the decision's own sentences, an interval that fits the figure, what to do where it
//! is withheld; and a question that changes only when its answer may.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "common/studies.rs"]
mod studies;

use ratioscope::decide::allocate::Listed;
use ratioscope::decide::choices::RatioBy;
use ratioscope::decide::start::closed_form;
use ratioscope::decide::{Budget, Choices, Limit};
use ratioscope::fit::{Options, Session, Study};
use ratioscope::law::Recipe;
use ratioscope::published::Printed;
use ratioscope::published::printed::offered;
use ratioscope::reply::{Question, Reply, Standing, Topic};
use ratioscope::table::{self, Measure, Reading};
use studies::{example, grid, study_of};

const AT: Recipe = Recipe { domain_share: 0.5, size: 1.8e9, tokens: 1e10 };

fn ask(topic: Topic, choices: &Choices) -> Reply {
    Question::new(topic, choices, AT, None).answer(&[grid()])
}

#[test]
fn the_trade_off_is_its_own_sentences_an_interval_and_stretches_to_shade() {
    let choices = Choices { limit: Limit::OverBase { rise: 0.02 }, ..Choices::default() };
    let reply = ask(Topic::TradeOff, &choices);
    let decision = choices.trade_off(AT, None).decide(&[grid()]);
    assert_eq!(reply.standing, Standing::Answered);
    assert_eq!(reply.asked, "General loss may rise by 2 %");
    assert_eq!(reply.words[..decision.laws[0].words.len()], decision.laws[0].words[..]);
    let answer = decision.laws[0].outcome.answer().unwrap();
    let (low, high) = answer.ratio.interval.unwrap();
    assert_eq!(reply.best, Some((low, high)));
    assert!(reply.figure.ends_with(" % domain") && reply.figure.contains('–'), "{}", reply.figure);
    assert_eq!(reply.recipe, Some(answer.recipe));
    assert!(reply.feasible.iter().any(|(from, to)| *from <= answer.ratio.value && answer.ratio.value <= *to + 1e-9));
    assert_eq!(reply.limit, Some(answer.bound.limit));
}

#[test]
fn what_no_recipe_keeps_and_what_is_withheld_say_so() {
    let choices = Choices { limit: Limit::OverBase { rise: -0.5 }, ..Choices::default() };
    let reply = ask(Topic::TradeOff, &choices);
    assert_eq!((reply.standing, reply.figure.as_str()), (Standing::Infeasible, "not possible"));
    assert!(reply.words[0].contains("above the limit") && reply.recipe.is_none(), "{:?}", reply.words);

    // The opening example's general loss rises with tokens.
    let tiny = study_of(&example("tiny-cpt.csv"), "d-cpt", 30);
    let at = Recipe { domain_share: 0.5, size: 1e7, tokens: 1e8 };
    let reply = Question::new(Topic::TradeOff, &Choices::default(), at, None).answer(&[&tiny]);
    assert_eq!((reply.standing, reply.figure.as_str()), (Standing::Withheld, "withheld"));
    assert!(reply.advice.is_some_and(|advice| advice.starts_with("What still works")), "{:?}", reply.words);
    // A law that can follow the rise is one click away.
    assert_eq!(reply.law, Some(("critical-mixture".to_owned(), "Critical mixture ratio".to_owned())));
}

#[test]
fn every_topic_answers_on_a_complete_grid() {
    let mut choices = Choices { domain_tokens: Some(5e9), epochs: 4, ..Choices::default() };
    choices.models = vec![Listed { name: "1.5B".into(), size: 1.5e9 }, Listed { name: "7B".into(), size: 7e9 }];
    choices.pins.add("", AT);
    choices.pins.add("more", Recipe { domain_share: 0.7, ..AT });
    // A grid of mixtures has one kind of run: tests below ask a file with both.
    for topic in
        Topic::ALL.into_iter().filter(|topic| !matches!(topic, Topic::Simulate | Topic::Start | Topic::Mixture))
    {
        let reply = ask(topic, &choices);
        assert_eq!(reply.standing, Standing::Answered, "{topic:?}: {:?}", reply.words);
        assert!(!reply.figure.is_empty() && !reply.asked.is_empty() && !reply.words.is_empty(), "{topic:?}");
        for table in &reply.tables {
            assert!(table.rows.iter().all(|row| row.len() == table.head.len()), "{topic:?}: {table:?}");
        }
        if let Some(plot) = reply.plot {
            assert!(plot.points.len() > 10 && plot.points.iter().all(|point| !point.said.is_empty()), "{topic:?}");
        }
    }
    let passes = &ask(Topic::Limited, &choices).tables[0];
    assert_eq!(passes.rows.len(), 4);
    let pins = ask(Topic::Pins, &choices);
    assert!(
        pins.files[0].text.lines().count() == 3 && pins.files[0].text.contains("more,0.7,"),
        "{}",
        pins.files[0].text
    );
    let design = ask(Topic::Design, &choices);
    assert!(design.files.iter().all(|file| file.text.contains("general_loss,domain_loss")));
}

#[test]
fn without_a_budget_the_what_if_is_spent_and_without_tokens_nothing_is_asked() {
    let choices = Choices { ratio_by: RatioBy::WhatIf, ..Choices::default() };
    let own = ask(Topic::Allocate, &choices);
    let spent = choices.hardware.cost_of(AT).flops;
    let typed = ask(Topic::Allocate, &Choices { budget: Some(Budget::Flops(spent)), ..choices.clone() });
    assert_eq!(own.words, typed.words);
    assert_eq!(own.asked, "Spend what this what-if costs");
    assert_eq!(ask(Topic::Limited, &choices).standing, Standing::Open);
    assert_eq!(ask(Topic::Pins, &choices).standing, Standing::Open);
}

#[test]
fn a_question_changes_only_when_its_answer_may() {
    let choices = Choices { budget: Some(Budget::GpuHours(100.0)), ..Choices::default() };
    let elsewhere = Recipe { domain_share: 0.2, ..AT };
    let question = |topic, choices: &Choices, at| Question::new(topic, choices, at, None);
    for topic in [Topic::Allocate, Topic::Limited, Topic::Pins, Topic::Design] {
        assert_eq!(question(topic, &choices, AT), question(topic, &choices, elsewhere), "{topic:?}");
    }
    assert_ne!(question(Topic::Tasks, &choices, AT), question(Topic::Tasks, &choices, elsewhere));
    let weighed = Choices { weight: 0.7, ..choices.clone() };
    assert_eq!(question(Topic::TradeOff, &choices, AT), question(Topic::TradeOff, &weighed, AT));
    assert_ne!(question(Topic::Frontier, &choices, AT), question(Topic::Frontier, &weighed, AT));
    let limited = Choices { limit: Limit::Absolute { loss: 2.9 }, ..choices.clone() };
    for topic in [Topic::TradeOff, Topic::Allocate, Topic::Limited] {
        assert_ne!(question(topic, &choices, AT), question(topic, &limited, AT), "{topic:?}");
    }
}

fn both_kinds() -> Study {
    study_of(&both_kinds_text(), "cross-lingual", 60)
}

/// A file with runs from scratch and continued ones, by the cross-lingual law.
fn both_kinds_text() -> String {
    let mut text = String::from("run,start,model_size,tokens,domain_loss\n");
    for n in [0.05f64, 0.2, 0.6, 1.8, 5.5] {
        for (start, b, beta, gamma) in [("scratch", 0.95, 0.30, 0.0), ("continued", 0.55, 0.22, 0.05)] {
            for d in [2.0f64, 5.0, 10.0, 20.0, 50.0, 100.0] {
                let loss = 1.55 + 0.42 / n.powf(0.4) + b / (d.powf(beta) * n.powf(gamma));
                let noise = 1.0 + 1e-3 * ((n * 977.0 + d * 131.0).sin());
                text.push_str(&format!("{start}-{n},{start},{n}B,{d}B,{:.6}\n", loss * noise));
            }
        }
    }
    text
}

#[test]
fn continued_or_from_scratch_says_what_is_saved_and_what_is_missing() {
    let at = Recipe { domain_share: 1.0, size: 1e9, tokens: 2e10 };
    let ask = |study: &Study| Question::new(Topic::Start, &Choices::default(), at, None).answer(&[study]);
    let study = both_kinds();
    let reply = ask(&study);
    assert_eq!(reply.standing, Standing::Answered);
    assert!(reply.figure.starts_with("saves ") && reply.figure.ends_with(" tokens"), "{}", reply.figure);
    let said = reply.words.join(" ");
    for what in ["Tokens saved at equal loss: ", "90 % interval", "is better from ", "by rounding alone"] {
        assert!(said.contains(what), "{what}: {said}");
    }
    assert_eq!(reply.tables[0].rows.len(), 2);
    let plot = reply.plot.unwrap();
    assert_eq!(plot.points.len(), plot.second.len());
    assert!(plot.points.iter().all(|point| point.band.is_some()) && plot.marks.len() == 2);
    let missing = ask(grid());
    assert_eq!((missing.standing, missing.figure.as_str()), (Standing::Open, "needs both kinds of runs"));
    assert!(missing.words[0].contains("runs from scratch and continued ones"), "{:?}", missing.words);
    let mixed = study_of(&both_kinds_text(), "chinchilla", 5);
    assert_eq!(ask(&mixed).standing, Standing::Withheld, "a law that does not tell them apart");
}

#[test]
fn a_printed_law_answers_without_an_interval_or_says_what_is_needed() {
    let ask = |id: &str, topic, choices: &Choices| {
        let law = Printed::open(id).unwrap();
        let (study, at) = (law.study().unwrap(), law.start());
        Question::new(topic, choices, at, Some("loss".to_owned())).of(Some(law)).answer(&[&study])
    };
    for (id, _) in offered() {
        // A simulation on the generated example's law has nothing to do with the law that is open, and takes seconds.
        for topic in Topic::ALL.into_iter().filter(|topic| *topic != Topic::Simulate) {
            let reply = ask(id, topic, &Choices::default());
            assert!(!reply.figure.is_empty() || topic == Topic::Design, "{id} {topic:?}");
            let said = reply.words.join(" ");
            assert!(!said.contains("interval ") && reply.best.is_none(), "{id} {topic:?}: {said}");
        }
    }
    // Chinchilla's own budget, 5.76e23 FLOPs: approach 3 of the paper puts it on a model of 40B or so; from the printed
    // parameters the closed form gives the size.
    let choices = Choices { budget: Some(Budget::Flops(5.76e23)), ..Choices::default() };
    let reply = ask("chinchilla", Topic::Allocate, &choices);
    let size = reply.recipe.unwrap().size;
    let closed = closed_form(406.4, 0.34, 410.7, 0.28, 0.0, 5.76e23);
    assert!((size / closed - 1.0).abs() < 1e-3, "{size:e} not {closed:e}");
    assert!(reply.words.iter().any(|word| word.starts_with("No interval")));
    // Zheng et al. print N = 0.324 C^0.429 from scratch and 4.79 C^0.385 continued.
    let reply = ask("cross-lingual", Topic::Start, &Choices { start_flops: Some(1e21), ..Choices::default() });
    assert_eq!(reply.figure, "continued");
    assert_eq!(reply.tables[0].rows[0][1], "331M");
    assert_eq!(reply.tables[0].rows[1][1], "583M");
    assert!(reply.words.iter().any(|word| word.contains("by rounding alone")));
}

/// Mixtures of three corpora with a loss on each, by the data mixing law.
fn three_corpora() -> String {
    let mut text = String::from("weight_web,weight_books,weight_code,web_loss,books_loss,code_loss\n");
    let mut state = 5u64;
    let mut draw = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    for _ in 0..40 {
        let raw = [draw(), draw(), draw()].map(|u| u * u + 0.05);
        let sum: f64 = raw.iter().sum();
        let r = raw.map(|share| share / sum);
        let of = |t: [f64; 3], c: f64| c + 1.2 * (t[0] * r[0] + t[1] * r[1] + t[2] * r[2]).exp();
        let losses = [of([-2.2, 0.0, 0.6], 1.6), of([0.3, -2.4, 0.0], 1.7), of([0.6, 0.3, -2.6], 1.8)];
        let losses = losses.map(|loss| loss * (1.0 + 1e-3 * (draw() - 0.5)));
        let cells = r.iter().chain(&losses).map(|value| format!("{value:.6}"));
        text.push_str(&(cells.collect::<Vec<_>>().join(",") + "\n"));
    }
    text
}

#[test]
fn the_best_mixture_of_several_corpora_keeps_its_limits_and_other_questions_say_why_not() {
    let text = three_corpora();
    let table = table::read(text.as_bytes(), &Reading::default()).unwrap();
    let options = Options { draws: 40, ..Options::default() };
    let mut session = Session::new(&table, None, &[], &options).unwrap();
    while { session.step() }.0 < options.draws {}
    let study = session.study();
    assert_eq!(study.corpora.len(), 3);
    let ask = |choices: &Choices, topic| Question::new(topic, choices, AT, None).answer(&[&study]);
    let free = ask(&Choices::default(), Topic::Mixture);
    let best = free.mixed.unwrap();
    assert_eq!((free.standing, best.drawn.len()), (Standing::Answered, 40));
    assert!((best.best.iter().sum::<f64>() - 1.0).abs() < 1e-6);
    assert!(free.tables[0].rows.iter().all(|row| row[1].contains('\n')), "an interval each: {:?}", free.tables[0]);
    assert_eq!((free.tables[0].rows.len(), free.tables[1].rows.len()), (3, 3));
    let name = study.corpora[0].name.clone();
    let limits = Choices { mixture_limits: [(name, (0.0, 0.1))].into(), ..Choices::default() };
    let limited = ask(&limits, Topic::Mixture).mixed.unwrap();
    assert!(best.best[0] > 0.11 && limited.best[0] < 0.1 + 1e-9, "{:?} {:?}", best.best, limited.best);
    let answered = [Topic::Mixture, Topic::Pins, Topic::TakeAway, Topic::Design, Topic::Simulate];
    for topic in Topic::ALL.into_iter().filter(|topic| !answered.contains(topic)) {
        let reply = ask(&Choices::default(), topic);
        assert!(reply.words[0].contains("Mixture of several corpora"), "{topic:?}: {:?}", reply.words);
    }
    let files = ask(&Choices::default(), Topic::TakeAway).files;
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(
        names,
        ["ratioscope-predictions.csv", "ratioscope-law.tex", "ratioscope-law.py", "ratioscope-recipe.yaml"]
    );
    let mut pinned = Choices::default();
    pinned.pins.add_mixture("", AT, vec![0.2, 0.3, 0.5]);
    pinned.pins.add_mixture("", AT, vec![0.6, 0.3, 0.1]);
    pinned.pins.add("a ratio", AT);
    let pins = ask(&pinned, Topic::Pins);
    assert_eq!((pins.standing, pins.figure.as_str(), pins.tables.len()), (Standing::Answered, "2 pinned", 3));
    assert_eq!(pins.tables[0].rows[2][1..], ["50 %", "10 %"]);
    assert!(pins.words.iter().any(|words| words.starts_with("One more pin")), "{:?}", pins.words);
    for table in &pins.tables {
        assert!(table.rows.iter().all(|row| row.len() == table.head.len()), "{table:?}");
    }
    // Under a law of one ratio the file is asked to be fitted by the other.
    let law = study_of(&three_corpora(), "d-cpt", 5);
    let reply = Question::new(Topic::Mixture, &Choices::default(), AT, None).answer(&[&law]);
    assert_eq!(reply.law.unwrap().0, "data-mixing-3");
    assert!(ask_grid(Topic::Mixture).words[0].contains("the shares of 3 corpora"));
}

fn ask_grid(topic: Topic) -> Reply {
    ask(topic, &Choices::default())
}

/// Every number in a text, by its first digit.
fn numbers(text: &str) -> Vec<f64> {
    let parts = text.split(|c: char| !(c.is_ascii_digit() || c == '.'));
    parts.filter_map(|part| part.trim_matches('.').parse().ok()).collect()
}

#[test]
fn a_sentence_in_perplexity_says_exp_of_the_sentence_in_nats() {
    let ask =
        |measure| Question::new(Topic::TradeOff, &Choices::default(), AT, None).shown_in(measure).answer(&[grid()]);
    let (nats, bits, perplexity) = (ask(Measure::Nats), ask(Measure::Bits), ask(Measure::Perplexity));
    assert_eq!(nats.words[1].split(char::is_numeric).next(), perplexity.words[1].split(char::is_numeric).next());
    let all = numbers(&nats.words[1]);
    assert_eq!(all.len(), 2, "{}", nats.words[1]);
    for (shown, convert) in [(&bits, Measure::Bits), (&perplexity, Measure::Perplexity)] {
        assert_eq!(shown.measure, convert);
        for (from, to) in all.iter().zip(numbers(&shown.words[1])) {
            let expected = convert.from_nats(*from);
            // Both are rounded: half a thousandth of a nat is half a thousandth of a perplexity, relatively.
            assert!((to - expected).abs() < 1.1e-3 * expected, "{to} is not {expected}: {}", shown.words[1]);
        }
        // The answer is the same: only what is said of losses is another number.
        assert_eq!(
            (shown.recipe, shown.limit, shown.best, &shown.figure),
            (nats.recipe, nats.limit, nats.best, &nats.figure)
        );
    }
    // A rise of 3 % of nats is another share of a perplexity, and both are said.
    assert_eq!(perplexity.asked, "General loss may rise by 3 % in nats");
    let said = &perplexity.words[0];
    assert!(said.contains(" % over the base model's ") && said.contains(", 3 % in nats)"), "{said}");
    let ends = numbers(&said[said.find("above").or(said.find("within")).unwrap()..]);
    let [limit, rise, base, _] = ends[..] else { panic!("limit, rise, base, 3: {said}") };
    assert!((limit / base - 1.0 - rise / 100.0).abs() < 2e-3, "{said}");
    let price = perplexity.words.iter().find(|words| words.starts_with("The last 1 % of domain loss")).unwrap();
    assert!(price.contains(", counted in nats, costs ") && price.contains(" %"), "{price}");
}

#[test]
fn a_limit_typed_as_a_perplexity_is_the_limit_in_nats() {
    let nats = Limit::Absolute { loss: 2.6 };
    let typed = Limit::Absolute { loss: Measure::Perplexity.read(2.6f64.exp()).unwrap() };
    let of = |limit, measure| {
        let choices = Choices { limit, ..Choices::default() };
        Question::new(Topic::TradeOff, &choices, AT, None).shown_in(measure).answer(&[grid()])
    };
    let (plain, shown) = (of(nats, Measure::Nats), of(typed, Measure::Perplexity));
    assert_eq!(plain.standing, shown.standing);
    let shares = |reply: &Reply| reply.recipe.map(|recipe| recipe.domain_share);
    let (a, b) = (shares(&plain).unwrap(), shares(&shown).unwrap());
    assert!((a - b).abs() < 1e-6, "{a} {b}");
    assert_eq!(shown.asked, "General loss may be 13.46 at most");
    let tight = of(Limit::Absolute { loss: 0.5 }, Measure::Perplexity);
    assert_eq!(tight.standing, Standing::Infeasible);
    assert!(tight.words[0].contains("within 1.649"), "{}", tight.words[0]);
}

#[test]
fn every_answer_says_its_losses_in_the_measure_and_files_stay_in_nats() {
    let choices = Choices {
        domain_tokens: Some(5e9),
        epochs: 3,
        budget: Some(Budget::Flops(1e21)),
        models: vec![Listed { name: "2B".into(), size: 2e9 }],
        ..Choices::default()
    };
    let mut choices = choices;
    choices.pins.add("a", AT);
    choices.pins.add("b", Recipe { domain_share: 0.2, ..AT });
    let ask = |topic, measure| Question::new(topic, &choices, AT, None).shown_in(measure).answer(&[grid()]);
    for topic in [Topic::Limited, Topic::Allocate, Topic::Frontier, Topic::Tasks, Topic::Pins] {
        let (nats, shown) = (ask(topic, Measure::Nats), ask(topic, Measure::Perplexity));
        assert_eq!((nats.recipe, &nats.figure), (shown.recipe, &shown.figure), "{topic:?}");
        let cells = |reply: &Reply| reply.tables.iter().flat_map(|table| table.rows.clone()).collect::<Vec<_>>();
        let plots = |reply: &Reply| reply.plot.iter().flat_map(|plot| plot.points.clone()).collect::<Vec<_>>();
        assert!(cells(&nats) != cells(&shown) || plots(&nats) != plots(&shown), "{topic:?}");
        for (from, to) in plots(&nats).iter().zip(plots(&shown)) {
            assert_eq!(Measure::Perplexity.from_nats(from.y), to.y, "{topic:?}");
            assert_eq!(from.band.map(|ends| Measure::Perplexity.ends(ends)), to.band);
            assert_ne!(from.said, to.said);
        }
        assert_eq!(nats.files, shown.files, "{topic:?}: files are in nats");
    }
    let pins = ask(Topic::Pins, Measure::Perplexity);
    assert!(pins.words.iter().any(|words| words == "The CSV has losses in nats."), "{:?}", pins.words);
    // The second pin's differences are ratios with their sign.
    let less = &pins.tables[0].rows[1][6];
    assert!(less.starts_with(['+', '−']) && less.contains(" %\n"), "{less}");
    assert_eq!(ask(Topic::TakeAway, Measure::Nats), ask(Topic::TakeAway, Measure::Perplexity));
}
