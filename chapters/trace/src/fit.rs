//! How an error's text fits on the terminal.

/// How many columns a line has at most.
const COLUMNS: usize = 80;

/// Where a line may end, the best place first: the text goes on with what was
/// expected, the function, what was found, the instruction.
const ENDS: [&str; 4] = [": expected ", ", in ", ", found ", ", at "];

/// The text of an error in lines of at most 80 columns. A line that is wider
/// ends before a part of the error, such as `in function 3 ($ignite)`, and the
/// next line begins with that part, `indent` columns from the left.
///
/// A part that is wider than a line stays as it is.
pub fn fit(text: &str, indent: usize) -> String {
    let mut lines = String::new();
    let mut line = text.to_owned();
    while line.chars().count() > COLUMNS {
        let Some(end) = ENDS.iter().find_map(|end| line.find(end)) else {
            break;
        };
        // The line keeps its colon or comma, and the space is left out.
        lines += &line[..=end];
        lines.push('\n');
        line = format!("{:indent$}{}", "", &line[end + 2..]);
    }
    lines + &line
}
