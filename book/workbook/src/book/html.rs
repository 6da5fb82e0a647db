//! Listings as HTML. None has a blank line in it, so that Markdown takes it as one block.

use super::rust;
use crate::item;
use crate::steps::Kind;

/// `text` where HTML expects text, or the value of an attribute.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// `text` with what stands between backticks as code.
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

/// Lines of a file below a caption, which is HTML already. Lines that come or go are marked by elements of their own; the signs are
/// the style sheet's, so that nobody copies them.
pub fn listing<'a>(
    caption: &str,
    file: &str,
    lines: impl IntoIterator<Item = (Kind, &'a str)>,
) -> String {
    let lines: Vec<(Kind, &str)> = lines.into_iter().collect();
    let written = lines.iter().filter(|(_, line)| !line.trim().is_empty());
    // What all lines are indented by is room that a phone does not have.
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

/// A text as a fenced block of Markdown, in a fence that nothing in it ends.
pub fn fence(language: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let ticks = "`".repeat(3.max(longest + 1));
    format!("{ticks}{language}\n{}\n{ticks}", text.trim_end_matches('\n'))
}

/// A number of minutes as people say it, on one line: `45 min`, `2 h`, `2 h 5 min`.
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
    fn a_listing_marks_what_comes_and_goes_and_has_no_blank_line() {
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
    fn backticks_become_code_where_they_come_in_pairs() {
        assert_eq!(inline("`a<b>` not covered"), "<code>a&lt;b&gt;</code> not covered");
        assert_eq!(inline("it's ` alone"), "it's ` alone");
    }

    #[test]
    fn minutes_are_told_in_hours() {
        let times = [45, 120, 125].map(|time| minutes(time).replace('\u{a0}', "_"));
        assert_eq!(times, ["45_min", "2_h", "2_h_5_min"]);
    }
}
