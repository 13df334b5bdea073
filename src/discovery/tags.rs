//! Tag expressions, `smoke and not (slow or wip)`: [`TagExpression`].

use std::fmt;

/// Which tags a test must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagExpression {
    /// The test has this tag.
    Tag(String),
    /// The inner one does not hold.
    Not(Box<TagExpression>),
    /// Both hold.
    And(Box<TagExpression>, Box<TagExpression>),
    /// One of them holds.
    Or(Box<TagExpression>, Box<TagExpression>),
}

/// An expression that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`--tag`: {message}")]
pub struct TagError {
    /// The expression as written.
    pub expression: String,
    /// Where it goes wrong, in characters from 0.
    pub at: usize,
    /// What is wrong there.
    pub message: String,
}

impl TagExpression {
    /// Reads an expression. `not` binds closest, then `and`, then `or`; a leading `@` of a tag is
    /// left out.
    ///
    /// # Errors
    /// Where it is none, with the place.
    pub fn parse(text: &str) -> Result<Self, TagError> {
        let mut parser = Parser { text, tokens: tokens(text)?, next: 0 };
        let expression = parser.any()?;
        match parser.tokens.get(parser.next) {
            None => Ok(expression),
            Some((at, Token::Close)) => Err(parser.error(*at, "this `)` closes nothing")),
            Some((at, token)) => Err(parser.error(*at, format!("expected `and` or `or` before {token}"))),
        }
    }

    /// It holds for a test with these tags.
    pub fn holds(&self, tags: &[String]) -> bool {
        match self {
            Self::Tag(tag) => tags.contains(tag),
            Self::Not(inner) => !inner.holds(tags),
            Self::And(left, right) => left.holds(tags) && right.holds(tags),
            Self::Or(left, right) => left.holds(tags) || right.holds(tags),
        }
    }

    /// The tags it names, in order.
    pub fn tags(&self) -> Vec<&str> {
        match self {
            Self::Tag(tag) => vec![tag],
            Self::Not(inner) => inner.tags(),
            Self::And(left, right) | Self::Or(left, right) => [left.tags(), right.tags()].concat(),
        }
    }
}

impl TagError {
    /// The expression with the place under it.
    pub fn excerpt(&self) -> Vec<String> {
        vec![format!("  {}", self.expression), format!("  {}^", " ".repeat(self.at))]
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    Not,
    And,
    Or,
    Tag(String),
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => f.write_str("`(`"),
            Self::Close => f.write_str("`)`"),
            Self::Not => f.write_str("`not`"),
            Self::And => f.write_str("`and`"),
            Self::Or => f.write_str("`or`"),
            Self::Tag(tag) => write!(f, "`{tag}`"),
        }
    }
}

/// Tokens with their places, in characters.
fn tokens(text: &str) -> Result<Vec<(usize, Token)>, TagError> {
    let characters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&character) = characters.get(at) {
        let start = at;
        at += 1;
        let token = match character {
            _ if character.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            '!' => Token::Not,
            '&' | '|' => {
                // Both `&` and `&&` are meant.
                at += usize::from(characters.get(at) == Some(&character));
                if character == '&' { Token::And } else { Token::Or }
            }
            _ if is_of_tag(character) => {
                while characters.get(at).copied().is_some_and(is_of_tag) {
                    at += 1;
                }
                word(&characters[start..at].iter().collect::<String>())
            }
            _ => {
                let message = format!("`{character}` means nothing here; use `and`, `or`, `not` and parentheses");
                return Err(TagError { expression: text.to_owned(), at: start, message });
            }
        };
        tokens.push((start, token));
    }
    Ok(tokens)
}

fn is_of_tag(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '@' | '-' | '_' | '.' | ':' | '/' | '#')
}

fn word(word: &str) -> Token {
    match word {
        "and" => Token::And,
        "or" => Token::Or,
        "not" => Token::Not,
        tag => Token::Tag(tag.strip_prefix('@').unwrap_or(tag).to_owned()),
    }
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<(usize, Token)>,
    next: usize,
}

impl Parser<'_> {
    fn any(&mut self) -> Result<TagExpression, TagError> {
        let mut left = self.all()?;
        while self.take(&Token::Or) {
            left = TagExpression::Or(Box::new(left), Box::new(self.all()?));
        }
        Ok(left)
    }

    fn all(&mut self) -> Result<TagExpression, TagError> {
        let mut left = self.single()?;
        while self.take(&Token::And) {
            left = TagExpression::And(Box::new(left), Box::new(self.single()?));
        }
        Ok(left)
    }

    fn single(&mut self) -> Result<TagExpression, TagError> {
        let Some((at, token)) = self.tokens.get(self.next).cloned() else {
            return Err(self.error(self.text.chars().count(), "expected a tag here"));
        };
        self.next += 1;
        match token {
            Token::Tag(tag) => Ok(TagExpression::Tag(tag)),
            Token::Not => Ok(TagExpression::Not(Box::new(self.single()?))),
            Token::Open => {
                let inner = self.any()?;
                if self.take(&Token::Close) { Ok(inner) } else { Err(self.error(at, "this `(` is never closed")) }
            }
            Token::And | Token::Or | Token::Close => Err(self.error(at, format!("expected a tag, found {token}"))),
        }
    }

    fn take(&mut self, wanted: &Token) -> bool {
        let is_next = self.tokens.get(self.next).is_some_and(|(_, token)| token == wanted);
        self.next += usize::from(is_next);
        is_next
    }

    fn error(&self, at: usize, message: impl Into<String>) -> TagError {
        TagError { expression: self.text.to_owned(), at, message: message.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_hold_or_not() {
        let check = |expression: &str, tags: &[&str], expected| {
            let tags: Vec<_> = tags.iter().map(|tag| (*tag).to_owned()).collect();
            assert_eq!(TagExpression::parse(expression).unwrap().holds(&tags), expected, "{expression} for {tags:?}");
        };
        check("smoke", &["smoke"], true);
        check("@smoke", &["smoke"], true);
        check("smoke", &[], false);
        check("smoke and not slow", &["smoke"], true);
        check("smoke and not slow", &["slow", "smoke"], false);
        check("smoke and not (slow or wip)", &["smoke", "wip"], false);
        check("a or b and c", &["a"], true);
        check("(a or b) and c", &["a"], false);
        check("not a and b", &["b"], true);
        check("not not a", &["a"], true);
        check("!a && (b | c)", &["c"], true);
        check("team:web/cart-2", &["team:web/cart-2"], true);
        check("android", &["android"], true);
    }

    #[test]
    fn mistakes_are_pointed_at() {
        let check = |expression: &str, message: &str, caret: &str| {
            let error = TagExpression::parse(expression).unwrap_err();
            assert_eq!((error.message.as_str(), error.excerpt()[1].as_str()), (message, caret), "{expression}");
        };
        check("", "expected a tag here", "  ^");
        check("smoke and", "expected a tag here", "           ^");
        check("a b", "expected `and` or `or` before `b`", "    ^");
        check("(a or b", "this `(` is never closed", "  ^");
        check("a)", "this `)` closes nothing", "   ^");
        check("a and or b", "expected a tag, found `or`", "        ^");
        check("ä, b", "`,` means nothing here; use `and`, `or`, `not` and parentheses", "   ^");
    }

    #[test]
    fn its_tags_are_known() {
        assert_eq!(TagExpression::parse("a and not (@b or c)").unwrap().tags(), ["a", "b", "c"]);
    }
}
