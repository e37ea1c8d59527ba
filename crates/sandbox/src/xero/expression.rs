//! The small expression language of `where`: comparisons joined by AND and OR.

use std::cmp::Ordering;

use base::{Day, Decimal, Timestamp};

use super::filter::Value;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    Or(Vec<Expression>),
    And(Vec<Expression>),
    Compare { path: String, sign: Sign, value: Value },
    Text { path: String, verb: Verb, text: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Contains,
    StartsWith,
    EndsWith,
}

impl Expression {
    /// Whether it holds of a thing with these fields; `Err` if it names a field that is not there.
    pub(crate) fn holds(&self, field: &dyn Fn(&str) -> Option<Value>) -> Result<bool, String> {
        match self {
            Expression::Or(parts) => any(parts, field, true),
            Expression::And(parts) => any(parts, field, false).map(|found| !found),
            Expression::Compare { path, sign, value } => {
                let actual = look_up(path, field)?;
                Ok(sign.holds(actual.compare(value)))
            }
            Expression::Text { path, verb, text } => {
                let Value::Text(actual) = look_up(path, field)? else { return Ok(false) };
                let (actual, text) = (actual.to_lowercase(), text.to_lowercase());
                Ok(match verb {
                    Verb::Contains => actual.contains(&text),
                    Verb::StartsWith => actual.starts_with(&text),
                    Verb::EndsWith => actual.ends_with(&text),
                })
            }
        }
    }
}

/// Whether any part is `wanted`.
fn any(
    parts: &[Expression],
    field: &dyn Fn(&str) -> Option<Value>,
    wanted: bool,
) -> Result<bool, String> {
    for part in parts {
        if part.holds(field)? == wanted {
            return Ok(true);
        }
    }
    Ok(false)
}

fn look_up(path: &str, field: &dyn Fn(&str) -> Option<Value>) -> Result<Value, String> {
    field(path).ok_or_else(|| format!("No property or field '{path}' exists"))
}

impl Sign {
    fn holds(self, ordering: Option<Ordering>) -> bool {
        match self {
            Sign::Equal => ordering == Some(Ordering::Equal),
            Sign::NotEqual => ordering != Some(Ordering::Equal),
            Sign::Less => ordering == Some(Ordering::Less),
            Sign::LessOrEqual => matches!(ordering, Some(Ordering::Less | Ordering::Equal)),
            Sign::Greater => ordering == Some(Ordering::Greater),
            Sign::GreaterOrEqual => matches!(ordering, Some(Ordering::Greater | Ordering::Equal)),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Quoted(String),
    Number(Decimal),
    Sign(Sign),
    And,
    Or,
    Open,
    Close,
    Comma,
}

/// Reads an expression; `Err` with what is wrong with it.
pub(crate) fn parse(text: &str) -> Result<Expression, String> {
    let mut tokens = Tokens { tokens: split(text)?, next: 0 };
    let expression = tokens.any_of()?;
    match tokens.peek() {
        None => Ok(expression),
        Some(token) => Err(format!("Syntax error at {token:?}")),
    }
}

fn split(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = token(rest, first)?;
        tokens.push(token);
        rest = rest.get(length..).unwrap_or_default().trim_start();
    }
    Ok(tokens)
}

fn token(rest: &str, first: char) -> Result<(Token, usize), String> {
    const SIGNS: &[(&str, Token)] = &[
        ("==", Token::Sign(Sign::Equal)),
        ("!=", Token::Sign(Sign::NotEqual)),
        ("<>", Token::Sign(Sign::NotEqual)),
        ("<=", Token::Sign(Sign::LessOrEqual)),
        (">=", Token::Sign(Sign::GreaterOrEqual)),
        ("&&", Token::And),
        ("||", Token::Or),
        ("=", Token::Sign(Sign::Equal)),
        ("<", Token::Sign(Sign::Less)),
        (">", Token::Sign(Sign::Greater)),
        ("(", Token::Open),
        (")", Token::Close),
        (",", Token::Comma),
    ];
    if let Some((text, token)) = SIGNS.iter().find(|(text, _)| rest.starts_with(text)) {
        return Ok((token.clone(), text.len()));
    }
    if first == '"' || first == '\'' {
        let inner: String = rest.chars().skip(1).take_while(|c| *c != first).collect();
        let length = inner.len() + 2;
        let whole = rest.len() >= length;
        return if whole { Ok((Token::Quoted(inner), length)) } else { Err(unfinished(rest)) };
    }
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
    let word: String = rest.chars().take_while(|c| is_word(*c)).collect();
    let length = word.len();
    if word.is_empty() {
        return Err(format!("Syntax error at '{first}'"));
    }
    let token = match word.to_lowercase().as_str() {
        "and" => Token::And,
        "or" => Token::Or,
        _ => match Decimal::from_str_exact(&word) {
            Ok(number) => Token::Number(number),
            Err(_) => Token::Word(word),
        },
    };
    Ok((token, length))
}

fn unfinished(rest: &str) -> String {
    format!("Unterminated string literal {rest}")
}

struct Tokens {
    tokens: Vec<Token>,
    next: usize,
}

impl Tokens {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn take(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.next).cloned();
        self.next += 1;
        token
    }

    fn skip(&mut self, token: &Token) -> bool {
        let same = self.peek() == Some(token);
        if same {
            self.next += 1;
        }
        same
    }

    fn need(&mut self, token: &Token) -> Result<(), String> {
        if self.skip(token) { Ok(()) } else { Err(format!("{token:?} expected")) }
    }

    fn any_of(&mut self) -> Result<Expression, String> {
        let mut parts = vec![self.all_of()?];
        while self.skip(&Token::Or) {
            parts.push(self.all_of()?);
        }
        Ok(single(parts, Expression::Or))
    }

    fn all_of(&mut self) -> Result<Expression, String> {
        let mut parts = vec![self.comparison()?];
        while self.skip(&Token::And) {
            parts.push(self.comparison()?);
        }
        Ok(single(parts, Expression::And))
    }

    fn comparison(&mut self) -> Result<Expression, String> {
        if self.skip(&Token::Open) {
            let inner = self.any_of()?;
            self.need(&Token::Close)?;
            return Ok(inner);
        }
        let Some(Token::Word(word)) = self.take() else {
            return Err("A field name expected".to_owned());
        };
        let word = word.to_lowercase();
        if self.skip(&Token::Open) {
            return self.verb(&word);
        }
        let Some(Token::Sign(sign)) = self.take() else {
            return Err(format!("A comparison expected after {word}"));
        };
        let value = self.value()?;
        Ok(Expression::Compare { path: word, sign, value })
    }

    /// `Name.Contains("x")` after its opening bracket.
    fn verb(&mut self, word: &str) -> Result<Expression, String> {
        let (path, verb) = word.rsplit_once('.').unwrap_or((word, ""));
        let verb = match verb {
            "contains" => Verb::Contains,
            "startswith" => Verb::StartsWith,
            "endswith" => Verb::EndsWith,
            other => return Err(format!("No applicable method '{other}' exists")),
        };
        let Some(Token::Quoted(text)) = self.take() else {
            return Err("A text expected".to_owned());
        };
        self.need(&Token::Close)?;
        Ok(Expression::Text { path: path.to_owned(), verb, text })
    }

    fn value(&mut self) -> Result<Value, String> {
        match self.take() {
            Some(Token::Quoted(text)) => Ok(Value::Text(text)),
            Some(Token::Number(number)) => Ok(Value::Number(number)),
            Some(Token::Word(word)) => self.named_value(&word.to_lowercase()),
            other => Err(format!("A value expected, not {other:?}")),
        }
    }

    fn named_value(&mut self, word: &str) -> Result<Value, String> {
        match word {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            "null" => Ok(Value::Null),
            "guid" => {
                self.need(&Token::Open)?;
                let Some(Token::Quoted(text)) = self.take() else {
                    return Err("A text expected".to_owned());
                };
                self.need(&Token::Close)?;
                Ok(Value::Text(text))
            }
            "datetime" => self.moment(),
            other => Err(format!("No property or field '{other}' exists")),
        }
    }

    /// `DateTime(2020, 01, 31)` or with hours, minutes and seconds.
    fn moment(&mut self) -> Result<Value, String> {
        self.need(&Token::Open)?;
        let mut parts: Vec<Decimal> = Vec::new();
        loop {
            let Some(Token::Number(number)) = self.take() else {
                return Err("A number expected".to_owned());
            };
            parts.push(number);
            if !self.skip(&Token::Comma) {
                break;
            }
        }
        self.need(&Token::Close)?;
        let part = |index: usize| -> i64 {
            parts.get(index).and_then(|part| part.trunc().to_string().parse().ok()).unwrap_or(0)
        };
        let text = format!("{:04}-{:02}-{:02}", part(0), part(1), part(2));
        let day = Day::parse(&text).map_err(|reason| reason.to_string())?;
        let time = [(3, 3600), (4, 60), (5, 1)];
        let seconds: i64 =
            time.iter().map(|(index, unit)| part(*index).clamp(0, 86_400) * unit).sum();
        Ok(Value::Moment(day.midnight_utc().after_ms(seconds * Timestamp::SECOND)))
    }
}

fn single(
    mut parts: Vec<Expression>,
    join: impl FnOnce(Vec<Expression>) -> Expression,
) -> Expression {
    match (parts.pop(), parts.is_empty()) {
        (Some(only), true) => only,
        (Some(last), false) => {
            parts.push(last);
            join(parts)
        }
        (None, _) => join(parts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invoice(path: &str) -> Option<Value> {
        match path {
            "status" => Some(Value::text("AUTHORISED")),
            "amountdue" => Some(Value::Number(Decimal::new(1200, 2))),
            "contact.name" => Some(Value::text("Amazon.co.uk")),
            "date" => Some(Value::Moment(Day::parse("2026-01-31").unwrap().midnight_utc())),
            _ => None,
        }
    }

    #[track_caller]
    fn check(text: &str, expected: bool) {
        assert_eq!(parse(text).unwrap().holds(&invoice), Ok(expected), "{text}");
    }

    #[test]
    fn comparisons_join_and_nest() {
        check(r#"Status=="AUTHORISED" AND AmountDue >= 12"#, true);
        check(r#"Status=="PAID" OR (AmountDue<12.01 && Contact.Name.StartsWith("amazon"))"#, true);
        check("Date >= DateTime(2026, 02, 01)", false);
        check("Date>=DateTime(2026,01,31) and Date<DateTime(2026,01,31,0,0,1)", true);
        check("AmountDue != null", true);
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(parse("Status==").is_err());
        assert!(parse("Status \"PAID\"").is_err());
        assert!(parse("Colour==\"red\"").unwrap().holds(&invoice).is_err());
    }
}
