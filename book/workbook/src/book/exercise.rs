//! An exercise on its chapter's page: the task, and folded below it the starter code, its test, the
//! hints and the solution.

use super::html::{escape, listing, minutes};
use crate::exercises::Exercise;
use crate::steps::Kind;
use crate::workspace::Leaf;

/// What a reader has to know before the first exercise.
const RED_AT_FIRST: &str = "Each exercise is a file that compiles and runs, but does the wrong thing: its test fails until you have fixed it.";

/// The exercises of a chapter's page.
pub(super) fn exercises(leaf: &Leaf<'_>, exercises: &[Exercise]) -> String {
    let exercises = (1..).zip(exercises).filter(|(number, _)| leaf.exercises.contains(number));
    let texts = exercises.map(|(number, exercise)| one(&leaf.chapter.name, number, exercise));
    let texts: Vec<String> = texts.collect();
    format!("{RED_AT_FIRST}\n\n{}", texts.join("\n"))
}

fn one(chapter: &str, number: usize, exercise: &Exercise) -> String {
    let folder: Vec<_> =
        exercise.folder.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    let mut text = format!(
        "### Exercise {number}: {title} {{#exercise-{number}}}\n\n{task}\n\n\
         {minutes}. Edit `{folder}/exercise.rs`. This command tells you whether it is right:\n\n\
         ```sh\ncargo test -p {chapter} --example {name}\n```\n\n",
        title = exercise.title,
        task = exercise.task.trim(),
        minutes = minutes(exercise.minutes),
        folder = folder.join("/"),
        name = exercise.name,
    );
    let file = |class: &str, summary: &str, name: &str, content: &str| {
        let caption = format!("<code>{}/{name}</code>", escape(&folder.join("/")));
        let lines = content.lines().map(|line| (Kind::Context, line));
        folded(class, summary, &listing(&caption, name, lines))
    };
    text += &file("starter", "Starter code", "exercise.rs", &exercise.starter);
    text += &file("starter", "Its test", "check.rs", &exercise.check);
    for (number, hint) in (1..).zip(&exercise.hints) {
        text += &folded("hint", &format!("Hint {number}"), hint.trim());
    }
    text += &file("solution", "Solution", "solution.rs", &exercise.solution);
    text
}

fn folded(class: &str, summary: &str, content: &str) -> String {
    format!(
        "<details class=\"{class}\"><summary>{summary}</summary>\n\n{content}\n\n</details>\n\n"
    )
}
