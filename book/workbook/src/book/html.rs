//! Listings as HTML. They have no blank line, so that Markdown treats each as one block.

use super::rust;
use crate::item;
use crate::steps::Kind;

/// Escapes `text` for HTML, as text or as the value of an attribute.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// `text` as HTML, with the parts in backticks as code.
pub fn inline(text: &str) -> String {
    let pieces: Vec<&str> = text.split('`').collect();
    let closed = pieces.len() % 2 == 1;
    let mut html = String::new();
    for (number, piece) in pieces.iter().enumerate() {
        html += &match number % 2 {
            1 if closed => format!("<code>{}</code>", escape(piece)),
            1 => format!("`{}", escape(piece)),
            _ if closed || number == 0 => escape(piece),
            _ => format!("`{}", escape(piece)),
        };
    }
    html
}

/// Lines of a file below a caption, which is HTML already. Added and deleted lines have elements of
/// their own. The signs `+` and `-` are in the style sheet, so that a reader does not copy them.
pub fn listing<'a>(
    caption: &str,
    file: &str,
    lines: impl IntoIterator<Item = (Kind, &'a str)>,
) -> String {
    let lines: Vec<(Kind, &str)> = lines.into_iter().collect();
    let written = lines.iter().filter(|(_, line)| !line.trim().is_empty());
    // A phone has no room for an indentation that all lines share.
    let outer = written.map(|(_, line)| item::indentation(line)).min().unwrap_or(0);
    let mut changes = false;
    let mut html = String::new();
    for (kind, line) in lines {
        let line = line.get(outer..).unwrap_or("");
        let element = match kind {
            Kind::Context => "span",
            Kind::Added => "ins",
            Kind::Removed => "del",
        };
        changes |= kind != Kind::Context;
        let line = if file.ends_with(".rs") { rust::highlight(line) } else { escape(line) };
        html += &format!("<{element} class=\"line\">{line}\n</{element}>");
    }
    let changes = if changes { " changes" } else { "" };
    format!(
        "<figure class=\"listing{changes}\">\n<figcaption>{caption}</figcaption>\n\
         <pre><code class=\"nohighlight\">{html}</code></pre>\n</figure>"
    )
}

/// A text as a fenced block of Markdown, with a fence that is longer than all fences in the text.
pub fn fence(language: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let ticks = "`".repeat(3.max(longest + 1));
    format!("{ticks}{language}\n{}\n{ticks}", text.trim_end_matches('\n'))
}

/// A number of minutes, with spaces that do not break: `45 min`, `2 h`, `2 h 5 min`.
pub fn minutes(minutes: u32) -> String {
    let words = match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    };
    words.replace(' ', "\u{a0}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_marks_added_and_deleted_lines_and_has_no_blank_line() {
        let lines = [(Kind::Context, "fn f() {"), (Kind::Removed, ""), (Kind::Added, "    g();")];
        let html = listing("<code>src/f.rs</code>", "src/f.rs", lines);
        assert!(html.contains("class=\"listing changes\""), "{html}");
        assert!(html.contains("<del class=\"line\">\n</del>"), "{html}");
        assert!(html.contains("<ins class=\"line\">    g();\n</ins>"), "{html}");
        assert!(html.lines().all(|line| !line.trim().is_empty()), "{html}");
    }

    #[test]
    fn a_fence_is_longer_than_those_in_its_text() {
        assert_eq!(fence("text", "a\n"), "```text\na\n```");
        assert_eq!(fence("text", "```\na\n```\n"), "````text\n```\na\n```\n````");
    }

    #[test]
    fn only_pairs_of_backticks_become_code() {
        assert_eq!(inline("`a<b>` not covered"), "<code>a&lt;b&gt;</code> not covered");
        assert_eq!(inline("it's ` alone"), "it's ` alone");
    }

    #[test]
    fn minutes_are_shown_as_hours() {
        let times = [45, 120, 125].map(|time| minutes(time).replace('\u{a0}', "_"));
        assert_eq!(times, ["45_min", "2_h", "2_h_5_min"]);
    }
}
