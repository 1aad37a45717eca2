//! What can be wrong with a typed formula, and where. The sentences are written here and nowhere else.

use std::fmt;

/// A mistake and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Mistake {
    /// The character it is at, counted from 0; the length of the text for its end.
    pub at: usize,
    /// What is wrong.
    pub wrong: Wrong,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq)]
pub enum Wrong {
    /// A character that has no place in a formula.
    Character(char),
    /// A number that is none: `1.2.3`.
    Number(String),
    /// Something other than a name, a number or a bracket where one of these belongs.
    Operand,
    /// Something other than an operator where one belongs.
    Operator,
    /// A bracket that is never closed; its place is the bracket's.
    Unclosed,
    /// A closing bracket without an opening one.
    Unopened,
    /// A function without its brackets, or a name that is no function before one.
    NotAFunction(String),
    /// The wrong number of arguments: the function and how many it takes.
    Arguments(&'static str, usize),
    /// A name that is a column stands where a parameter belongs.
    IsColumn(String),
    /// A parameter after `where` that is not in the formula.
    NotInFormula(String),
    /// Something other than `free`, `in 0.1..0.9`, `<= 0` or `>= 0`.
    Limit,
    /// A range whose ends are no numbers in order.
    Range,
    /// A coefficient takes a sign and no range: its unit is not the person's.
    CoefficientRange,
    /// Brackets too deep.
    TooDeep,
    /// No parameter in the formula.
    NoParameter,
    /// No column in the formula.
    NoColumn,
    /// Too many parameters.
    TooManyParameters,
    /// Too long.
    TooLong,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Character(c) => write!(f, "“{c}” has no place in a formula."),
            Self::Number(text) => write!(f, "“{text}” is no number."),
            Self::Operand => f.write_str("A name, a number or a bracket is missing here."),
            Self::Operator => f.write_str("An operator is missing here: + − * / or ^."),
            Self::Unclosed => f.write_str("This bracket is never closed."),
            Self::Unopened => f.write_str("This bracket closes none."),
            Self::NotAFunction(name) => {
                write!(f, "“{name}” is no function here; there are exp, ln, log10, sqrt, min and max. For a product write “{name}*(”.")
            }
            Self::Arguments(name, 1) => write!(f, "{name} takes one number."),
            Self::Arguments(name, count) => write!(f, "{name} takes {count} numbers, with a comma between them."),
            Self::IsColumn(name) => write!(f, "“{name}” is a column of the file, not a parameter."),
            Self::NotInFormula(name) => write!(f, "The formula has no parameter “{name}”."),
            Self::Limit => f.write_str("After a parameter write “free”, “>= 0”, “<= 0” or a range such as “in 0.1..0.9”."),
            Self::Range => f.write_str("A range is two numbers in order, such as 0.1..0.9."),
            Self::CoefficientRange => f.write_str(
                "The loss is linear in this parameter, so it takes a sign here: “free”, “>= 0” or “<= 0”. To bound its value, use the fit’s own bounds.",
            ),
            Self::TooDeep => f.write_str("The brackets are too deep."),
            Self::NoParameter => f.write_str("There is no parameter to fit: any name that is no column becomes one."),
            Self::NoColumn => f.write_str("There is no column in the formula: N, D, r, U, epochs or continued."),
            Self::TooManyParameters => f.write_str("These are too many parameters: forty at most."),
            Self::TooLong => f.write_str("The formula is too long: 2,000 characters at most."),
        }
    }
}

impl Mistake {
    /// The formula with a caret below the character, for a terminal.
    pub fn pointed(&self, text: &str) -> String {
        let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        format!("{text}\n{}^ {}", " ".repeat(self.at), self.wrong)
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "At character {}: {}", self.at + 1, self.wrong)
    }
}

impl std::error::Error for Mistake {}
