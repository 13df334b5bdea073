//! [`Style`]: colour, symbols and width, decided once at the start and handed down.
//!
//! It asks no terminal and no environment: whoever makes the [`Screen`] did.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::config::ColorChoice;
use crate::outcome::Status;

/// What is known about the place a run is shown at. Made by `cli` from the real stdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// Stdout is a terminal: progress is drawn and lines are grouped.
    pub is_terminal: bool,
    /// Columns, where it is a terminal: a log has no right margin.
    pub width: usize,
    /// It shows colours and nobody asked for none (`NO_COLOR`).
    pub color: bool,
    /// It shows `✓` and `›`.
    pub unicode: bool,
}

/// How text looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    color: bool,
    unicode: bool,
    width: Option<usize>,
}

/// What a piece of text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something passed, or was expected.
    Good,
    /// Something failed, or was found instead.
    Bad,
    /// Worth a look.
    Warning,
    /// The browser, driver or server, not the test.
    Infrastructure,
    /// Less important than its surroundings.
    Dim,
    /// More important than its surroundings.
    Strong,
    /// A place: file and line.
    Place,
}

impl Style {
    /// As `color` says for `screen`.
    pub fn new(color: ColorChoice, screen: Screen) -> Self {
        let color = match color {
            ColorChoice::Auto => screen.color,
            ColorChoice::Always => true,
            ColorChoice::Never => false,
        };
        Self { color, unicode: screen.unicode, width: screen.is_terminal.then_some(screen.width.max(20)) }
    }

    /// No colours, no limit to the width: for files.
    pub fn plain() -> Self {
        Self { color: false, unicode: true, width: None }
    }

    /// Columns, where there is a limit.
    pub fn width(&self) -> Option<usize> {
        self.width
    }

    /// `text` in the colour of its meaning.
    pub fn paint(&self, tone: Tone, text: impl AsRef<str>) -> String {
        let style = match tone {
            Tone::Good => console::Style::new().green(),
            Tone::Bad => console::Style::new().red(),
            Tone::Warning => console::Style::new().yellow(),
            Tone::Infrastructure => console::Style::new().magenta(),
            Tone::Dim => console::Style::new().dim(),
            Tone::Strong => console::Style::new().bold(),
            Tone::Place => console::Style::new().cyan(),
        };
        style.apply_to(text.as_ref()).force_styling(self.color).to_string()
    }

    /// The mark in front of a test that ended like this, in its colour.
    pub fn mark(&self, status: Status) -> String {
        let (tone, symbol, word) = match status {
            Status::Passed => (Tone::Good, "✓", "ok"),
            Status::Flaky => (Tone::Warning, "↻", "flaky"),
            Status::Failed => (Tone::Bad, "✗", "FAIL"),
            Status::Skipped => (Tone::Dim, "-", "-"),
            Status::NotRun => (Tone::Dim, "·", "-"),
        };
        self.paint(tone, if self.unicode { symbol } else { word })
    }

    /// `text` with our own symbols replaced where the screen does not show them.
    pub fn symbols<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.unicode || text.is_ascii() {
            return Cow::Borrowed(text);
        }
        Cow::Owned(text.replace('›', ">").replace('…', "...").replace('│', "|").replace('·', "-"))
    }

    /// Spinner frames; each is shown for one tick.
    pub fn spinner(&self) -> &'static [&'static str] {
        if self.unicode {
            &["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]
        } else {
            &["-", "\\", "|", "/"]
        }
    }

    /// The full and the empty cell of a bar.
    pub fn bar_cells(&self) -> (&'static str, &'static str) {
        if self.unicode { ("━", "─") } else { ("#", "-") }
    }

    /// `text` cut to `width` columns, whatever colours it has.
    pub fn cut<'a>(&self, text: &'a str, width: usize) -> Cow<'a, str> {
        console::truncate_str(text, width, if self.unicode { "…" } else { "..." })
    }
}

/// `text` with control characters made visible, so that a page's text cannot steer the terminal.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    let is_harmful = |c: char| c.is_control() && c != '\n' && c != '\t';
    if !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        if c == '\r' && characters.peek() == Some(&'\n') {
            continue;
        }
        if is_harmful(c) {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// `text` on one line: what a title must be, whatever was thrown or typed into it.
pub(crate) fn one_line(text: &str) -> String {
    visible(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCREEN: Screen = Screen { is_terminal: true, width: 80, color: true, unicode: true };

    #[test]
    fn colour_follows_the_choice_then_the_screen() {
        let red = "\u{1b}[31mx\u{1b}[0m";
        let check = |choice, color, expected: &str| {
            let style = Style::new(choice, Screen { color, ..SCREEN });
            assert_eq!(style.paint(Tone::Bad, "x"), expected, "{choice:?} {color}");
        };
        check(ColorChoice::Auto, true, red);
        check(ColorChoice::Auto, false, "x");
        check(ColorChoice::Always, false, red);
        check(ColorChoice::Never, true, "x");
    }

    #[test]
    fn a_screen_without_unicode_gets_words() {
        let style = Style::new(ColorChoice::Never, Screen { unicode: false, ..SCREEN });
        assert_eq!(style.mark(Status::Failed), "FAIL");
        assert_eq!(style.symbols("cart › adds…"), "cart > adds...");
    }

    #[test]
    fn text_of_a_page_cannot_steer_the_terminal() {
        assert_eq!(visible("a\u{1b}[2Jb\r\nc\td"), "a\\u{1b}[2Jb\nc\td");
        assert_eq!(visible("ünï"), "ünï");
    }
}
