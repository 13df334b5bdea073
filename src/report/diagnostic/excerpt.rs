//! Lines of source with the failing one marked.

use crate::outcome::{Frame, SourceLine};
use crate::report::terminal::{Style, Tone, visible};

/// What a tab becomes, so that the caret stands where the eye expects it.
const TAB: &str = "    ";

/// The lines around a place, with `>` before the line and `^` below the column. Empty where the
/// frame has no lines.
pub(super) fn code_frame(frame: &Frame, style: &Style) -> Vec<String> {
    let digits = frame.excerpt.iter().map(|line| line.number.to_string().len()).max().unwrap_or(0);
    let mut lines = Vec::new();
    for line in &frame.excerpt {
        let is_place = line.number == frame.location.line;
        let mark = if is_place { style.paint(Tone::Bad, ">") } else { " ".to_owned() };
        let gutter = style.paint(Tone::Dim, format!("{:>digits$} |", line.number));
        lines.push(source_line(&mark, &gutter, line, style, digits));
        if is_place && frame.location.column > 0 {
            let caret = " ".repeat(caret_offset(&line.text, frame.location.column));
            let gutter = style.paint(Tone::Dim, format!("{:digits$} |", ""));
            lines.push(format!("  {gutter} {caret}{}", style.paint(Tone::Bad, "^")));
        }
    }
    lines
}

fn source_line(mark: &str, gutter: &str, line: &SourceLine, style: &Style, digits: usize) -> String {
    let text = line.text.replace('\t', TAB);
    let text = visible(text.trim_end());
    if text.is_empty() {
        return format!("{mark} {gutter}");
    }
    // 12 columns are left for the indentation of whoever shows this.
    let room = style.width().map(|width| width.saturating_sub(digits + 12).max(40));
    let text = room.map_or(text.clone(), |room| style.cut(&text, room).into_owned().into());
    format!("{mark} {gutter} {text}")
}

/// Columns before the character at `column`, as the line is shown.
fn caret_offset(text: &str, column: u32) -> usize {
    let before = usize::try_from(column).unwrap_or(usize::MAX).saturating_sub(1);
    let shown: String = text.chars().take(before).collect();
    console::measure_text_width(&visible(&shown.replace('\t', TAB)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Location;

    #[track_caller]
    fn check(text: &str, column: u32, expected: &str) {
        let frame = Frame {
            location: Location::new("a.rhai", 9, column),
            function: None,
            excerpt: vec![SourceLine { number: 9, text: text.to_owned() }, SourceLine { number: 10, text: "}".into() }],
        };
        assert_eq!(code_frame(&frame, &Style::plain()).join("\n"), expected);
    }

    #[test]
    fn the_caret_stands_below_the_column() {
        check("a.b();", 3, ">  9 | a.b();\n     |   ^\n  10 | }");
        check("\tb();", 2, ">  9 |     b();\n     |     ^\n  10 | }");
        check("\"日本\".b();", 6, ">  9 | \"日本\".b();\n     |        ^\n  10 | }");
    }

    #[test]
    fn a_place_without_a_column_has_no_caret() {
        check("a.b();", 0, ">  9 | a.b();\n  10 | }");
    }
}
