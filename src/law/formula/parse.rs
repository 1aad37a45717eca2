//! From text to a tree. Operators bind as in mathematics: `^` to the right and before a sign, then `*` and `/`, then `+`
//! and `−`.

use super::error::{Mistake, Wrong};
use crate::law::vocabulary::EXPONENT_BOUNDS;
use crate::law::{Enters, Input, Parameter};

/// Names that are columns, with what they are.
pub const NAMES: [(&str, &str); 6] = [
    ("N", "model size"),
    ("D", "tokens"),
    ("r", "share of the loss’s own corpus"),
    ("epochs", "passes over the data, D/U"),
    ("U", "unique tokens, D/epochs"),
    ("continued", "1 for a continued run, 0 from scratch"),
];

/// Brackets within brackets: far more than a formula needs, and what the recursion may use of the stack.
const DEEPEST: usize = 60;

/// A node of the tree, by its place among all; children come before parents.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Node {
    /// A number.
    Number(f64),
    /// A parameter, by its place among the names.
    Parameter(usize),
    /// A column.
    Input(Input),
    /// Sum.
    Add(usize, usize),
    /// Difference.
    Subtract(usize, usize),
    /// Product.
    Multiply(usize, usize),
    /// Quotient.
    Divide(usize, usize),
    /// Power.
    Power(usize, usize),
    /// The negative.
    Negate(usize),
    /// `e^x`.
    Exp(usize),
    /// Natural logarithm.
    Ln(usize),
    /// The lesser.
    Min(usize, usize),
    /// The greater.
    Max(usize, usize),
}

impl Node {
    /// Its children.
    pub fn children(self) -> [Option<usize>; 2] {
        match self {
            Self::Number(_) | Self::Parameter(_) | Self::Input(_) => [None, None],
            Self::Negate(a) | Self::Exp(a) | Self::Ln(a) => [Some(a), None],
            Self::Add(a, b)
            | Self::Subtract(a, b)
            | Self::Multiply(a, b)
            | Self::Divide(a, b)
            | Self::Power(a, b)
            | Self::Min(a, b)
            | Self::Max(a, b) => [Some(a), Some(b)],
        }
    }
}

/// A parameter's name and where it first stands.
#[derive(Debug, Clone)]
pub struct Name {
    pub name: String,
    pub at: usize,
}

/// What a person says of a parameter after `where`.
#[derive(Debug)]
pub struct Limit {
    pub parameter: usize,
    /// Where it is said.
    at: usize,
    rule: Rule,
}

#[derive(Debug, Clone, Copy)]
enum Rule {
    Free,
    AtLeastZero,
    AtMostZero,
    Range(f64, f64),
}

impl Limit {
    /// Gives the parameter its bounds.
    pub fn apply(&self, parameter: &mut Parameter) -> Result<(), Mistake> {
        let linear = parameter.is_linear();
        parameter.bounds = match (self.rule, linear) {
            (Rule::Range(..), true) => return Err(Mistake { at: self.at, wrong: Wrong::CoefficientRange }),
            (Rule::Range(low, high), false) => (low, high),
            (Rule::Free, true) => (f64::NEG_INFINITY, f64::INFINITY),
            (Rule::AtLeastZero, true) => (0.0, f64::INFINITY),
            (Rule::AtMostZero, true) => (f64::NEG_INFINITY, 0.0),
            (Rule::Free, false) => (-EXPONENT_BOUNDS.1, EXPONENT_BOUNDS.1),
            (Rule::AtLeastZero, false) => (0.0, EXPONENT_BOUNDS.1),
            (Rule::AtMostZero, false) => (-EXPONENT_BOUNDS.1, 0.0),
        };
        parameter.bounds_reason = "as you said";
        if !linear {
            let (low, high) = parameter.bounds;
            parameter.enters = Enters::Shape { low, high };
        }
        Ok(())
    }
}

/// A formula, read.
#[derive(Debug, Default)]
pub struct Parsed {
    /// The tree; the last node is its root.
    pub nodes: Vec<Node>,
    /// Its parameters, in the order they first stand.
    pub names: Vec<Name>,
    /// What is said of them.
    pub limits: Vec<Limit>,
}

impl Parsed {
    /// The columns in it. Unique tokens are tokens and passes.
    pub fn inputs(&self) -> Vec<Input> {
        let mut inputs = Vec::new();
        for node in &self.nodes {
            if let Node::Input(input) = node
                && !inputs.contains(input)
            {
                inputs.push(*input);
            }
        }
        inputs
    }

    /// The root.
    pub fn root(&self) -> usize {
        self.nodes.len().saturating_sub(1)
    }
}

/// Reads a formula; "L =" before it is allowed.
pub fn parse(text: &str) -> Result<Parsed, Mistake> {
    let characters: Vec<char> = text.chars().collect();
    let mut reader = Reader { characters, at: 0, depth: 0, parsed: Parsed::default() };
    reader.skip_left_side();
    reader.sum()?;
    if reader.word("where") {
        reader.limits()?;
    }
    match reader.peek() {
        None => Ok(reader.parsed),
        Some(')') => Err(reader.wrong(Wrong::Unopened)),
        Some(c) if is_known(c) => Err(reader.wrong(Wrong::Operator)),
        Some(c) => Err(reader.wrong(Wrong::Character(c))),
    }
}

/// Whether a character can stand in a formula at all.
fn is_known(c: char) -> bool {
    c.is_alphanumeric() || "_.+-−*·×/^(),<>=".contains(c)
}

struct Reader {
    characters: Vec<char>,
    at: usize,
    depth: usize,
    parsed: Parsed,
}

impl Reader {
    fn wrong(&self, wrong: Wrong) -> Mistake {
        Mistake { at: self.at, wrong }
    }

    /// The next character that is no blank.
    fn peek(&mut self) -> Option<char> {
        while self.characters.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
        self.characters.get(self.at).copied()
    }

    /// Takes one of these characters.
    fn take(&mut self, any: &[char]) -> Option<char> {
        let next = self.peek().filter(|c| any.contains(c))?;
        self.at += 1;
        Some(next)
    }

    /// Takes a whole word.
    fn word(&mut self, word: &str) -> bool {
        let start = {
            self.peek();
            self.at
        };
        let length = word.chars().count();
        let here = self.characters.get(start..start + length).is_some_and(|c| c.iter().copied().eq(word.chars()));
        let ends = self.characters.get(start + length).is_none_or(|c| !c.is_alphanumeric() && *c != '_');
        if here && ends {
            self.at += length;
        }
        here && ends
    }

    fn skip_left_side(&mut self) {
        let start = self.at;
        if (self.word("L") || self.word("S")) && self.take(&['=']).is_some() {
            return;
        }
        self.at = start;
    }

    /// A node's place; what stands there already is not computed twice.
    fn push(&mut self, node: Node) -> usize {
        if let Some(known) = self.parsed.nodes.iter().position(|known| *known == node) {
            return known;
        }
        self.parsed.nodes.push(node);
        self.parsed.nodes.len() - 1
    }

    fn sum(&mut self) -> Result<usize, Mistake> {
        let mut left = self.product()?;
        while let Some(sign) = self.take(&['+', '-', '−']) {
            let right = self.product()?;
            left = self.push(if sign == '+' { Node::Add(left, right) } else { Node::Subtract(left, right) });
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<usize, Mistake> {
        let mut left = self.signed()?;
        loop {
            // `**` is a power and is taken there.
            match self.take(&['*', '·', '×', '/']) {
                Some('/') => {
                    let right = self.signed()?;
                    left = self.push(Node::Divide(left, right));
                }
                Some(_) => {
                    let right = self.signed()?;
                    left = self.push(Node::Multiply(left, right));
                }
                None => return Ok(left),
            }
        }
    }

    fn signed(&mut self) -> Result<usize, Mistake> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.wrong(Wrong::TooDeep));
        }
        let node = match self.take(&['+', '-', '−']) {
            Some('+') => self.signed()?,
            Some(_) => {
                let inner = self.signed()?;
                self.push(Node::Negate(inner))
            }
            None => self.power()?,
        };
        self.depth -= 1;
        Ok(node)
    }

    fn power(&mut self) -> Result<usize, Mistake> {
        let base = self.operand()?;
        let stars = self.peek() == Some('*') && self.characters.get(self.at + 1) == Some(&'*');
        if stars {
            self.at += 2;
        } else if self.take(&['^']).is_none() {
            return Ok(base);
        }
        let exponent = self.signed()?;
        Ok(self.push(Node::Power(base, exponent)))
    }

    fn operand(&mut self) -> Result<usize, Mistake> {
        match self.peek() {
            Some('(') => {
                let bracket = self.at;
                self.at += 1;
                let inner = self.sum()?;
                self.close(bracket)?;
                Ok(inner)
            }
            Some(c) if c.is_ascii_digit() || c == '.' => {
                let number = self.number()?;
                Ok(self.push(Node::Number(number)))
            }
            Some(c) if c.is_alphabetic() || c == '_' => self.name(),
            None => Err(self.wrong(Wrong::Operand)),
            Some(c) if is_known(c) => Err(self.wrong(Wrong::Operand)),
            Some(c) => Err(self.wrong(Wrong::Character(c))),
        }
    }

    fn close(&mut self, bracket: usize) -> Result<(), Mistake> {
        if self.take(&[')']).is_some() {
            return Ok(());
        }
        match self.peek() {
            None => Err(Mistake { at: bracket, wrong: Wrong::Unclosed }),
            Some(c) if is_known(c) => Err(self.wrong(Wrong::Operator)),
            Some(c) => Err(self.wrong(Wrong::Character(c))),
        }
    }

    /// A number, with an exponent where one follows: `1e-3`.
    fn number(&mut self) -> Result<f64, Mistake> {
        self.peek();
        let start = self.at;
        let negative = self.take(&['-', '−']).is_some();
        let digits = self.at;
        // Two dots are the middle of a range, not of a number.
        let here = |reader: &Self, ahead: usize| reader.characters.get(reader.at + ahead).copied();
        while let Some(c) = here(self, 0) {
            let part = c.is_ascii_digit() || (c == '.' && here(self, 1) != Some('.'));
            let power = matches!(c, 'e' | 'E') && {
                let next = here(self, 1);
                let after = if matches!(next, Some('+' | '-')) { here(self, 2) } else { next };
                after.is_some_and(|c| c.is_ascii_digit())
            };
            if power {
                self.at += if here(self, 1).is_some_and(|c| c.is_ascii_digit()) { 1 } else { 2 };
            } else if !part {
                break;
            } else {
                self.at += 1;
            }
        }
        let text: String = self.characters[digits..self.at].iter().collect();
        let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
        match value {
            Some(value) => Ok(if negative { -value } else { value }),
            None => Err(Mistake { at: start, wrong: Wrong::Number(text) }),
        }
    }

    fn identifier(&mut self) -> (String, usize) {
        self.peek();
        let start = self.at;
        while self.characters.get(self.at).is_some_and(|c| c.is_alphanumeric() || "_′'".contains(*c)) {
            self.at += 1;
        }
        (self.characters[start..self.at].iter().collect(), start)
    }

    fn name(&mut self) -> Result<usize, Mistake> {
        let (name, start) = self.identifier();
        if self.peek() == Some('(') {
            return self.function(&name, start);
        }
        let input = match name.as_str() {
            "N" => Input::Size,
            "D" => Input::Tokens,
            "r" => Input::Ratio,
            "epochs" => Input::Epochs,
            "continued" => Input::Start,
            "U" => {
                let tokens = self.push(Node::Input(Input::Tokens));
                let epochs = self.push(Node::Input(Input::Epochs));
                return Ok(self.push(Node::Divide(tokens, epochs)));
            }
            "exp" | "ln" | "log" | "log10" | "sqrt" | "min" | "max" => {
                return Err(Mistake { at: start, wrong: Wrong::NotAFunction(name) });
            }
            // `where` ends the formula: an operand is missing before it.
            "where" => return Err(Mistake { at: start, wrong: Wrong::Operand }),
            _ => {
                let known = self.parsed.names.iter().position(|known| known.name == name);
                let place = known.unwrap_or_else(|| {
                    self.parsed.names.push(Name { name, at: start });
                    self.parsed.names.len() - 1
                });
                return Ok(self.push(Node::Parameter(place)));
            }
        };
        Ok(self.push(Node::Input(input)))
    }

    fn function(&mut self, name: &str, start: usize) -> Result<usize, Mistake> {
        let (known, takes) = match name {
            "exp" => ("exp", 1),
            "ln" | "log" => ("ln", 1),
            "log10" => ("log10", 1),
            "sqrt" => ("sqrt", 1),
            "min" => ("min", 2),
            "max" => ("max", 2),
            _ => return Err(Mistake { at: start, wrong: Wrong::NotAFunction(name.to_owned()) }),
        };
        let bracket = self.at;
        self.at += 1;
        let first = self.sum()?;
        let wrong = {
            self.peek();
            self.wrong(Wrong::Arguments(known, takes))
        };
        let second = match (takes, self.take(&[','])) {
            (2, Some(_)) => Some(self.sum()?),
            (1, None) => None,
            _ => return Err(wrong),
        };
        if self.peek() == Some(',') {
            return Err(self.wrong(Wrong::Arguments(known, takes)));
        }
        self.close(bracket)?;
        let node = match (known, second) {
            ("exp", _) => Node::Exp(first),
            ("ln", _) => Node::Ln(first),
            ("log10", _) => {
                let logarithm = self.push(Node::Ln(first));
                let ten = self.push(Node::Number(std::f64::consts::LN_10));
                Node::Divide(logarithm, ten)
            }
            ("sqrt", _) => {
                let half = self.push(Node::Number(0.5));
                Node::Power(first, half)
            }
            ("min", Some(second)) => Node::Min(first, second),
            (_, second) => Node::Max(first, second.unwrap_or(first)),
        };
        Ok(self.push(node))
    }

    fn limits(&mut self) -> Result<(), Mistake> {
        loop {
            match self.peek() {
                Some(c) if c.is_alphabetic() || c == '_' => {}
                _ => return Err(self.wrong(Wrong::Limit)),
            }
            let (name, at) = self.identifier();
            if NAMES.iter().any(|(known, _)| *known == name) {
                return Err(Mistake { at, wrong: Wrong::IsColumn(name) });
            }
            let Some(parameter) = self.parsed.names.iter().position(|known| known.name == name) else {
                return Err(Mistake { at, wrong: Wrong::NotInFormula(name) });
            };
            let rule = self.rule()?;
            self.parsed.limits.push(Limit { parameter, at, rule });
            if self.take(&[',']).is_none() {
                return Ok(());
            }
        }
    }

    fn rule(&mut self) -> Result<Rule, Mistake> {
        if self.word("free") {
            return Ok(Rule::Free);
        }
        if self.word("in") {
            self.peek();
            let start = self.at;
            let low = self.number()?;
            let dots = self.take(&['.']).and(self.take(&['.']));
            if dots.is_none() {
                return Err(self.wrong(Wrong::Range));
            }
            let high = self.number()?;
            let ordered = low < high;
            return if ordered { Ok(Rule::Range(low, high)) } else { Err(Mistake { at: start, wrong: Wrong::Range }) };
        }
        let sign = self.take(&['<', '>', '≤', '≥']);
        self.take(&['=']);
        let place = self.at;
        match sign {
            None => Err(self.wrong(Wrong::Limit)),
            Some(_) if self.number()? != 0.0 => Err(Mistake { at: place, wrong: Wrong::Limit }),
            Some('<' | '≤') => Ok(Rule::AtMostZero),
            Some(_) => Ok(Rule::AtLeastZero),
        }
    }
}
