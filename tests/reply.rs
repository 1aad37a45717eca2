//! What the page shows of a decision: the decision's own sentences, an interval that fits the figure, what to do where it
//! is withheld; and a question that changes only when its answer may.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "common/studies.rs"]
mod studies;

use ratioscope::decide::allocate::Listed;
use ratioscope::decide::choices::RatioBy;
use ratioscope::decide::{Budget, Choices, Limit};
use ratioscope::law::Recipe;
use ratioscope::reply::{Question, Reply, Standing, Topic};
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
}

#[test]
fn every_topic_answers_on_a_complete_grid() {
    let mut choices = Choices { domain_tokens: Some(5e9), epochs: 4, ..Choices::default() };
    choices.models = vec![Listed { name: "1.5B".into(), size: 1.5e9 }, Listed { name: "7B".into(), size: 7e9 }];
    choices.pins.add("", AT);
    choices.pins.add("more", Recipe { domain_share: 0.7, ..AT });
    for topic in Topic::ALL.into_iter().filter(|topic| *topic != Topic::Simulate) {
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
