//! Limited domain data as it is shown.

use super::{Grid, Question, Reply, corner, draws, print};
use crate::decide::words::percent;
use crate::fit::Study;

pub(super) fn reply(question: &Question, studies: &[&Study]) -> Reply {
    let choices = &question.choices;
    let Some(ask) = choices.limited(question.at, question.domain.as_deref()) else {
        return Reply {
            asked: "Only so many domain tokens exist".to_owned(),
            figure: "type how many".to_owned(),
            words: vec!["Type how many domain tokens exist to see the best ratio and total.".to_owned()],
            ..Reply::default()
        };
    };
    let seen = if ask.epochs > 1 { format!(", each seen up to {} times", ask.epochs) } else { String::new() };
    let asked = format!("Only {} domain tokens exist{seen}", print::tokens(ask.domain_tokens));
    super::reply(asked, ask.decide_in(question.measure, studies), |answer, reply| {
        reply.figure = format!(
            "{} domain, {} tokens",
            print::solved(answer.ratio, print::share),
            print::solved(answer.tokens, print::tokens)
        );
        corner(reply, &answer.places, draws(studies));
        reply.recipe = Some(answer.recipe);
        if answer.passes.len() > 1 {
            let rows = answer.passes.iter().map(|pass| {
                vec![
                    pass.epochs.to_string(),
                    print::share(pass.ratio),
                    print::tokens(pass.tokens),
                    question.measure.loss(pass.domain_loss),
                    percent(pass.token_worth),
                ]
            });
            let head = ["Passes", "Ratio", "Tokens in all", "Domain loss", "One more token is worth"];
            reply.tables.push(Grid {
                caption: "Pass by pass".to_owned(),
                head: head.map(str::to_owned).to_vec(),
                rows: rows.collect(),
            });
        }
    })
}
