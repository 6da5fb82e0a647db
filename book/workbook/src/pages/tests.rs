//! A small correct book, broken in one place at a time.

use std::collections::BTreeMap;

use super::*;
use crate::sample::Sample;

const PAGE: &str = r##"# TITLE

By the end you will be able to count, and to draw [a number](glossary.md#number).

```sh
cargo run -p CRATE # and that is all
cargo test --workspace && cat README.md
```

## You need

{{#needs}}

## Predict

What is one?

<details><summary>Answer</summary>

One.

</details>

## Steps

STEPS

## Run it

{{#output}}

## Step through it

{{#stepper}}

## What just happened

<svg viewBox="0 0 640 100" role="img"><title>A circle</title>
<circle cx="50" cy="50" r="40"/></svg>

{{#listing src/lib.rs enum Number}}

WORDS

## Exercises

EXERCISES

## Checkpoint

See [above](#predict).

## How the standard says it

[Elsewhere](https://webassembly.github.io/spec/core/).

## Speaker's box

```text
nothing
```

## Next

More.
"##;

const RECORDING: &str = r#"{"title": "one", "code": [{"text": "const 1", "indent": 0, "place": null}], "steps": [], "end": {"kind": "done", "text": "done", "state": {"line": null, "depth": 0, "stack": [], "locals": [], "labels": [], "writes": [], "output": ""}}}"#;

/// A book of two chapters without any problem.
fn sample() -> Sample {
    let sample = Sample::new();
    let book = |file: &str| std::fs::read_to_string(crate::workspace().join(file)).unwrap();
    for file in [
        "book/book.toml",
        "book/theme/workbook.css",
        "book/theme/workbook.js",
        "book/theme/stepper.css",
        "book/theme/front.css",
        "book/theme/stepper.js",
    ] {
        sample.write(file, book(file));
    }
    let chapters = [
        ("ch01-one", "One", "There are none.", "There are none."),
        (
            "ch02-two",
            "Two",
            "{{#given}}\n\n{{#step 1}}\n\nWhy.\n\n{{#step 2}}\n\n{{#code}}\n\nSo it is.\n\n{{#step 3}}",
            "{{#exercises}}",
        ),
    ];
    for (name, title, steps, exercises) in chapters {
        let page = PAGE
            .replace("TITLE", title)
            .replace("CRATE", name)
            .replace("STEPS", steps)
            .replace("EXERCISES", exercises)
            .replace("WORDS", &"A word is said. ".repeat(300));
        sample.write(&format!("book/src/{name}.md"), page);
        let snapshot = format!("chapters/{name}/tests/snapshots/demo__the_demo_prints_this.snap");
        sample.write(&snapshot, "---\nsource: x\n---\n1\n");
        sample.write(&format!("tests/book/recordings/{name}.json"), RECORDING);
    }
    // Without the search the book is built faster.
    sample.edit("book/book.toml", "use-boolean-and = true", "enable = false");
    sample.write("README.md", "# The sample\n");
    sample.write(
        "book/src/preface.md",
        "# Preface\n\n{{#chapters}}\n\n[One](ch01-one.md)\n\n## How a chapter works\n",
    );
    sample.write("book/src/schedule.md", "# Schedule\n\n{{#schedule}}\n");
    sample.write("book/src/cheat-sheet.md", "# Cheat sheet\n\n{{#operators}}\n");
    sample.write(
        "book/src/glossary.md",
        "# Glossary\n\n## number\n\nOne, or two. First met in [One](ch01-one.md).\n",
    );
    sample.write(
        "tests/book/operators.json",
        r#"[{"name": "Numbers", "rows": [{"bytes": "6a", "name": "i32.add", "type": "i32 i32 → i32", "meaning": "`x + y`", "chapters": ["ch01-one"]}]}]"#,
    );
    sample
}

fn sample_text(file: &str) -> String {
    sample().text(file)
}

fn found(sample: &Sample) -> Vec<String> {
    let workspace = sample.workspace();
    let chapters: Vec<&Chapter> = workspace.chapters.iter().collect();
    check(&workspace, &chapters).unwrap().iter().map(Finding::to_string).collect()
}

#[test]
fn the_sample_has_no_findings() {
    assert_eq!(found(&sample()), [""; 0]);
}

/// The fast part of `cargo workbook check`, for the book itself.
#[test]
fn the_book_has_no_findings() {
    let workspace = Workspace::read(crate::workspace()).unwrap();
    let chapters: Vec<&Chapter> = workspace.chapters.iter().collect();
    let found: Vec<String> =
        check(&workspace, &chapters).unwrap().iter().map(Finding::to_string).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

const ONE: &str = "book/src/ch01-one.md";
const TWO: &str = "book/src/ch02-two.md";

/// Breaks `file` in one place. There must be exactly one finding, and its text must have all these
/// words. In them `@` is the line of the place, and `@+1` the next line.
fn broken(file: &str, old: &str, new: &str, words: &[&str]) {
    let sample = sample();
    sample.edit(file, old, new);
    let found = found(&sample);
    let text = sample_text(file);
    let line = text[..text.find(old).unwrap()].matches('\n').count() + 1;
    let [found] = found.as_slice() else { panic!("{old:?} as {new:?}: {found:#?}") };
    for words in words {
        let words = (0..3).rev().fold(words.to_string(), |words, more| {
            words.replace(
                &if more == 0 { ":@".to_owned() } else { format!(":@+{more}") },
                &format!(":{}", line + more),
            )
        });
        assert!(found.contains(&words), "{words:?} is not in {found:?}");
    }
}

#[test]
fn pasted_rust_is_found_in_every_form() {
    let text = "```text\nnothing";
    broken(ONE, text, "```rust\nfn f() {}", &["ch01-one.md:@: Rust is pasted here", "{{#listing"]);
    broken(ONE, text, "```rust,ignore\nfn f() {}", &[":@: Rust is pasted here"]);
    broken(ONE, text, "```text\npub fn f() {", &[":@+1: this text is Rust"]);
    broken(ONE, text, "```text\n\nlet x = 1;", &[":@+2: this text is Rust"]);
    broken(ONE, "What is one?", "<pre>fn f() {}</pre>", &[":@: code is pasted here as HTML"]);
    let readme = "chapters/ch02-two/exercises/1-sum/README.md";
    broken(
        readme,
        "Add.",
        "```rust\nx + y\n```",
        &["exercises/1-sum/README.md:5: Rust is pasted here"],
    );
}

#[test]
fn a_fence_without_a_language_is_found() {
    broken(ONE, "```text", "```", &["ch01-one.md:@: the fence names no language", "text, sh, wat"]);
    broken(ONE, "```text", "```pascal", &[":@: `pascal` is not a language of the book"]);
    broken(ONE, "What is one?", "What is\n\n    one?", &[":@+2: an indented block of code"]);
}

#[test]
fn deviations_from_the_template_are_found() {
    broken(
        ONE,
        "# One",
        "# 1",
        &["ch01-one.md:@: the title is `1`, but `One` in the crate's metadata"],
    );
    broken(ONE, "# One\n", "", &["ch01-one.md:@: the page has no title", "`# One`"]);
    broken(ONE, "## Checkpoint\n", "", &["there is no section `Checkpoint`", "after Exercises"]);
    broken(
        ONE,
        "## Checkpoint",
        "## Checkpoint\n\n## More",
        &["`More` is not a section of the template"],
    );
    broken(ONE, "## Checkpoint", "## Checkpoint\n\n## Predict", &["`Predict` is there twice"]);
    let (a, b) = (
        "## Checkpoint\n\nSee [above](#predict).\n\n",
        "## How the standard says it\n\n[Elsewhere](https://webassembly.github.io/spec/core/).\n\n",
    );
    broken(
        ONE,
        &format!("{a}{b}"),
        &format!("{b}{a}"),
        &["`How the standard says it` comes too early"],
    );
}

#[test]
fn a_page_may_have_more_sections_than_the_template_asks_for() {
    let sample = sample();
    let box_ = "## Speaker's box";
    let note = "## Design note: Why one?\n\nBecause.\n\n";
    sample.edit(ONE, "## Steps", "## Steps: one\n\nOne.\n\n## Steps: two");
    sample.edit(ONE, box_, &format!("{note}{box_}"));
    sample.edit(TWO, "## Next", "## The end of Part I\n\nRest.\n\n## Next");
    assert_eq!(found(&sample), [""; 0]);
    broken(
        ONE,
        "## Predict",
        &format!("{note}## Predict"),
        &[":@: `Design note: Why one?` comes too early"],
    );
    let (box_and_text, next) =
        ("## Speaker's box\n\n```text\nnothing\n```\n", "## Next\n\nMore.\n");
    let (right, wrong) = (format!("{box_and_text}\n{next}"), format!("{next}\n{box_and_text}"));
    broken(ONE, &right, &wrong, &["`Next` comes too early"]);
    broken(ONE, "## Next\n\nMore.\n", "", &["there is no section `Next`"]);
    broken(ONE, box_, &format!("{note}{note}{box_}"), &["`Design note: Why one?` is there twice"]);
    broken(ONE, "## Steps", "## Steps\n\n## Steps", &["`Steps` is there twice"]);
    sample.edit(ONE, "## Steps: one", "## Step: one");
    sample.edit(ONE, "## Steps: two", "## Step: two");
    let found = found(&sample).join("\n");
    let words = ["`Step: one` is not a section", "`Step: two` is", "there is no section `Steps`"];
    assert!(words.iter().all(|words| found.contains(words)), "{found}");
}

#[test]
fn the_speakers_box_is_folded() {
    let sample = sample();
    let workspace = sample.workspace();
    let book = Book::read(&workspace).unwrap();
    let end = "```\n\n\n</details>\n\n## Next";
    for file in ["ch01-one.md", "ch02-two.md"] {
        let page = book.pages.iter().find(|page| page.file == file).unwrap();
        let (text, _) = book.expand(page, &book.text(page).unwrap());
        let (before, after) = text.split_once("## Speaker's box\n").unwrap();
        assert!(!before.contains("class=\"speaker\""), "{text}");
        assert!(after.starts_with("\n<details class=\"speaker\"><summary>"), "{after}");
        assert!(after.contains(end), "{after}");
    }
}

#[test]
fn asides_and_what_comes_after_the_lesson_are_not_counted() {
    let sample = sample();
    let many = "A word is said. ".repeat(600);
    sample.edit(ONE, "What is one?", &format!("What is one?\n\n<aside>\n\n{many}\n\n</aside>\n"));
    sample.edit(
        TWO,
        "## Speaker's box",
        &format!("## Design note: Why?\n\n{many}\n\n## Speaker's box"),
    );
    sample.edit(TWO, "More.\n", &format!("{many}\n"));
    assert_eq!(found(&sample), [""; 0]);
    broken(
        ONE,
        "What is one?",
        &format!("<aside>\n\nAn aside.\n\n</aside>\n\n{many}\n"),
        &["the page has 3"],
    );
}

#[test]
fn code_comes_where_the_text_of_its_step_says() {
    let page = |steps: &str| {
        let sample = sample();
        sample.edit(TWO, "Why.\n\n{{#step 2}}\n\n{{#code}}\n\nSo it is.", steps);
        let workspace = sample.workspace();
        let book = Book::read(&workspace).unwrap();
        let page = book.pages.iter().find(|page| page.file == "ch02-two.md").unwrap();
        let (text, findings) = book.expand(page, &book.text(page).unwrap());
        let findings: Vec<String> = findings.iter().map(Finding::to_string).collect();
        (text, findings)
    };
    let order = |steps: &str, order: &[&str]| {
        let (text, findings) = page(steps);
        assert_eq!(findings, [""; 0]);
        let start = text.find("### Step 2").unwrap();
        let mut from = start;
        for words in order {
            let at = text[from..].find(words);
            from += at.unwrap_or_else(|| panic!("no {words} after {from} in {text}")) + words.len();
        }
    };
    let (lib, main, status) =
        ("<code>src/lib.rs</code>", "<code>src/main.rs</code>", "It runs and");
    order(
        "{{#step 2}}\n",
        &["<code>src/lib.rs</code>, at the end", "<code>src/main.rs</code>, in"],
    );
    // As before: the text, the code, the status.
    order("{{#step 2}}\n\nAAA\n", &["AAA", lib, main, status, "### Step 3"]);
    order("{{#step 2}}\n\nAAA\n\n{{#code}}\n\nBBB\n", &["AAA", lib, main, "BBB", status]);
    let one_file = "{{#step 2}}\n\nAAA\n\n{{#code src/main.rs}}\n\nBBB\n";
    order(one_file, &["AAA", main, "BBB", lib, status]);
    order(&format!("{one_file}\n{{{{#code}}}}\n\nCCC\n"), &[main, "BBB", lib, "CCC", status]);
    // The first place for the rest does not get what a later one names.
    order(
        "{{#step 2}}\n\n{{#code}}\n\nAAA\n\n{{#code src/main.rs}}\n\nBBB\n",
        &[lib, "AAA", main, "BBB", status],
    );
    order(
        "{{#step 2}}\n\n{{#code src/lib.rs}}\n\nAAA\n\n{{#code src/lib.rs fn value}}\n\nBBB\n",
        &["impl</span> Number", "AAA", "value", "BBB", main, status],
    );
    let problem = |steps: &str| {
        let (_, findings) = page(steps);
        let [finding] = findings.as_slice() else { panic!("{findings:#?}") };
        finding.clone()
    };
    let wrong = problem("{{#step 2}}\n\n{{#code src/bil.rs}}\n");
    assert!(
        wrong.contains("step 2 doesn't change src/bil.rs")
            && wrong.contains("src/lib.rs, src/main.rs"),
        "{wrong}"
    );
    let wrong = problem("{{#step 2}}\n\n{{#code src/lib.rs fn summ}}\n");
    assert!(wrong.contains("step 2 changes nothing in `fn summ` of src/lib.rs"), "{wrong}");
    let wrong = problem("{{#step 2}}\n\n{{#code}}\n\n{{#code}}\n");
    assert!(
        wrong.contains("step 2 has no code left for this") && wrong.contains("delete this one"),
        "{wrong}"
    );
    broken(
        ONE,
        "There are none.",
        "{{#code}}",
        &["ch01-one.md:@: there is no step here", "{{#step N}}"],
    );
}

#[test]
fn the_page_calls_the_readers_crate_by_a_name_that_is_free() {
    let sample = sample();
    let shown = || {
        let workspace = sample.workspace();
        let book = Book::read(&workspace).unwrap();
        let page = book.pages.iter().find(|page| page.file == "ch02-two.md").unwrap();
        book.expand(page, &book.text(page).unwrap()).0
    };
    let text = shown();
    assert!(text.contains("cargo workbook start ch02\n") && text.contains("run -p my-machine"));
    sample.edit("chapters/ch02-two/steps.toml", "\"ch01-one\"", "\"nothing\"");
    let text = shown();
    assert!(text.contains("cargo workbook start ch02 my-two\n") && text.contains("run -p my-two"));
}

#[test]
fn a_page_of_another_length_is_found() {
    let (words, line) = ("A word is said. ".repeat(300), "A word is said. ");
    broken(ONE, &words, &line.repeat(200), &["ch01-one.md: the page has 8", "at least 1100"]);
    broken(ONE, &words, &line.repeat(600), &["the page has 24", "at most 2100"]);
    // Code and the text of directives do not count.
    let sample = sample();
    sample.edit(ONE, "nothing", &"nothing ".repeat(2_000));
    assert_eq!(found(&sample), [""; 0]);
}

#[test]
fn wrong_directives_are_found() {
    for (old, new, words) in [
        ("{{#needs}}", "{{#nedes}}", [":@: `{{#nedes}}` is not a directive", "the directives are"]),
        ("{{#needs}}", "Needs {{#needs}}", [":@: `{{#needs}}` is not alone", "a line of its own"]),
        ("There are none.", "{{#step 1}}", [":@: ch01-one has no steps yet", "steps.toml"]),
        (
            "{{#output}}",
            "{{#output demo__b}}",
            [":@: ch01-one has no snapshot `demo__b`", "`demo__the_demo_prints_this`"],
        ),
        ("{{#output}}", "{{#output lines 1-2}}", [":@: there are no lines 1-2", "the lines 1-1"]),
        ("{{#stepper}}", "{{#stepper slow}}", [":@: there is no recording", "tests/book"]),
        (
            "src/lib.rs enum",
            "src/bil.rs enum",
            [":@: there is no file src/bil.rs", "a file of ch01-one"],
        ),
        (
            "enum Number",
            "enum Numbers",
            [":@: there is not exactly one item `enum Numbers` in src/lib.rs", "first line"],
        ),
        (
            "src/lib.rs enum",
            "../ch02-two/src/lib.rs enum",
            [":@: there is no file ../ch02", "ch01-one"],
        ),
    ] {
        broken(ONE, old, new, &words);
    }
    broken(
        TWO,
        "{{#step 3}}",
        "{{#step 4}}",
        &["ch02-two.md:@: there is no step 4", "the steps 1-3"],
    );
    broken(
        "book/src/preface.md",
        "{{#chapters}}",
        "{{#needs}}",
        &["preface.md:3: preface.md is not the page of a chapter"],
    );
    broken(
        "tests/book/operators.json",
        "\"6a\"",
        "6a",
        &["cheat-sheet.md:3: tests/book/operators.json cannot be read", "RECORD=1"],
    );
}

#[test]
fn commands_that_name_something_missing_are_found() {
    let run = "cargo run -p ch01-one";
    for (new, words) in [
        ("cargo run -p ch01-won", [":@: there is no package `ch01-won`", "`ch01-one`"]),
        (
            "cargo run --release --package=ch03",
            [":@: there is no package `ch03`", "of the workspace"],
        ),
        (
            "cargo test -p ch02-two --example ch02-2-sum",
            [":@: ch02-two has no example `ch02-2-sum`", "[[example]]"],
        ),
        (
            "cargo run -p ch01-one -- programs/a.wat",
            [":@: there is no file programs/a.wat", "root"],
        ),
        ("cargo workbook biuld", [":@: `cargo workbook biuld` is rejected", "--help"]),
        (
            "cargo workbook build --outt x",
            [":@: `cargo workbook build --outt x` is rejected", "--help"],
        ),
        ("cargo wasm rum a.wasm", [":@: `cargo wasm` has no command `rum`", "--help"]),
        ("cargo expand", [":@: the book doesn't use `cargo expand`", "test"]),
        ("wasm2wat a.wasm", [":@: the reader may not have the program `wasm2wat`", "cargo"]),
        ("cat nothing.md | head", [":@: there is no file nothing.md", "root"]),
    ] {
        broken(ONE, run, new, &words);
    }
    let sample = sample();
    let right =
        "RUST_LOG=x cargo test -q -p ch02-two --example ch02-1-sum -- --nocapture > out.txt";
    sample.edit(ONE, run, right);
    sample.edit(TWO, "cargo run -p ch02-two", "cargo workbook check --only pages ch02");
    assert_eq!(found(&sample), [""; 0]);
}

#[test]
fn links_without_a_target_are_found() {
    let above = "[above](#predict)";
    for (new, words) in [
        (
            "[above](#perdict)",
            [
                "ch01-one.md:",
                "the target of the link `#perdict` is missing: ch01-one.html has no `perdict`",
            ],
        ),
        ("[two](ch02-too.md)", ["ch01-one.md:", "there is no ch02-too.html"]),
        ("[two](ch02-two.md#predicted)", ["ch01-one.md:", "ch02-two.html has no `predicted`"]),
        ("<a href=\"ch02-too.html\">two</a>", ["ch01-one.md:", "there is no ch02-too.html"]),
        ("![One](one.png)", ["ch01-one.md:", "there is no one.png"]),
        ("[term](glossary.md#numbers)", ["ch01-one.md:", "glossary.html has no `numbers`"]),
    ] {
        broken(ONE, above, new, &words);
    }
    let sample = sample();
    sample.edit(
        ONE,
        above,
        "[two](ch02-two.md#predict) and [step](ch02-two.md#edit-1) and ![One](a%20b.svg)",
    );
    sample.write("book/src/a b.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
    assert_eq!(found(&sample), [""; 0]);
}

#[test]
fn the_pictures_of_the_game_are_copied() {
    let sample = sample();
    sample.edit(ONE, "[above](#predict)", "![A rocket](pictures/rocket.png)");
    assert_eq!(found(&sample).len(), 1);
    sample.write("game/pictures/rocket.png", b"\x89PNG");
    assert_eq!(found(&sample), [""; 0]);
}

#[test]
fn files_from_the_network_are_found() {
    for new in [
        "<img alt=\"x\" src=\"https://a.b/c.png\">",
        "![x](https://a.b/c.png)",
        "<script src=\"//a.b/c.png\"></script>",
    ] {
        broken(ONE, "What is one?", new, &["ch01-one.md:@: <", "//a.b/c.png from the network"]);
    }
    broken(
        "book/theme/workbook.css",
        ".light {",
        "@import \"https://a.b/c.css\";\n.light {",
        &["from the network"],
    );
}

#[test]
fn a_chapter_has_its_number_and_its_part_at_the_top() {
    let sample = sample();
    let link = "[above](ch02-two.md#two)";
    sample.edit(ONE, "[above](#predict)", link);
    assert_eq!(found(&sample), [""; 0], "the title keeps its anchor");
    let workspace = sample.workspace();
    let folder = tempfile::tempdir().unwrap();
    Book::read(&workspace).unwrap().build(folder.path()).unwrap();
    let page = std::fs::read_to_string(folder.path().join("ch02-two.html")).unwrap();
    let title = "<h1 id=\"two\"><a class=\"header\" href=\"#two\">2. Two</a></h1>";
    let (_, below) = page.split_once(title).unwrap_or_else(|| panic!("{page}"));
    assert!(
        below.trim_start().starts_with("<p class=\"part\">Part I: The toy machine</p>"),
        "{below}"
    );
    let preface = std::fs::read_to_string(folder.path().join("preface.html")).unwrap();
    assert!(!preface.contains("class=\"part\""));
}

#[test]
fn pictures_need_a_title_or_an_alt_text() {
    broken(ONE, "<title>A circle</title>", "", &["ch01-one.md:@: the picture has no title"]);
    let sample = sample();
    sample.write("book/src/a.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
    sample.edit(ONE, "What is one?", "![](a.svg)\n<img src=\"a.svg\" alt=\"An a\">");
    let found = found(&sample);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains(":16: the picture a.svg has no alt text"), "{found:#?}");
}

#[test]
fn two_equal_ids_on_a_page_are_found() {
    broken(
        ONE,
        "What is one?",
        "<p id=\"a\">One?</p>\n<p id=\"a\">Two?</p>",
        &[":@: two elements have the id `a`"],
    );
}

#[test]
fn unlinked_terms_of_the_glossary_are_found() {
    let glossary = "book/src/glossary.md";
    broken(
        glossary,
        "[One](ch01-one.md)",
        "One",
        &["glossary.md:3: `number` doesn't link to the chapter where it is first met"],
    );
    broken(
        glossary,
        "## number",
        "## digit\n\nFirst met in [One](ch01-one.md).\n\n## number",
        &["glossary.md:3: no chapter links to `digit`", "[digit](glossary.md#digit)"],
    );
    let sample = sample();
    sample.edit(ONE, "glossary.md#number", "glossary.md");
    assert_eq!(found(&sample), [""; 0], "one chapter that links is enough");
}

#[test]
fn the_page_of_a_part_and_the_afterword_are_optional_and_checked() {
    let sample = sample();
    sample.write("book/src/part-1.md", "# Part I: The toy machine\n\n[One](ch01-one.md)\n");
    sample.write("book/src/afterword.md", "# Afterword\n\n[A part](part-1.md)\n");
    // It may link to a term.
    sample.edit(ONE, "glossary.md#number", "glossary.md");
    sample.edit("book/src/part-1.md", "ch01-one.md", "glossary.md#number");
    assert_eq!(found(&sample), [""; 0]);
    sample.edit("book/src/part-1.md", "#number", "#numbers");
    sample.edit("book/src/afterword.md", "part-1.md", "part-2.md");
    let found = found(&sample).join("\n");
    let words =
        ["part-1.md:3: ", "has no `numbers`", "afterword.md:3: ", "there is no part-2.html"];
    assert!(words.iter().all(|words| found.contains(words)), "{found}");
}

#[test]
fn a_long_listing_without_text_after_it_is_found() {
    let sample = sample();
    let after = "\n\n{{#code}}\n\nSo it is.";
    broken(TWO, after, "", &["ch02-two.md:", ": step 2 changes 14 lines, and no text"]);
    let long = "        self.value() + other.value()\n";
    let body: String = (0..9).map(|n| format!("        let _{n} = {n};\n")).collect();
    sample.edit("chapters/ch02-two/src/lib.rs", long, &format!("{body}{long}"));
    let two = found(&sample);
    assert_eq!(two.len(), 1, "{two:#?}");
    assert!(two[0].contains(": step 3 changes 15 lines, and no text"), "{two:#?}");
    sample.edit(TWO, "{{#step 3}}", "{{#step 3}}\n\nText.\n\n{{#code}}");
    assert_eq!(found(&sample).len(), 1, "no text after it");
    sample.edit(TWO, "Text.\n\n{{#code}}", "Text.\n\n{{#code}}\n\nThe last line.");
    assert_eq!(found(&sample), [""; 0]);
}

#[test]
fn the_first_page_shows_the_parts_and_the_chapters_with_links() {
    let sample = sample();
    sample.write("book/src/part-1.md", "# Part I: The toy machine\n\n{{#part}}\n");
    sample.write("book/src/afterword.md", "# Afterword\n\n{{#built}}\n");
    sample.edit("book/src/preface.md", "{{#chapters}}", "{{#parts}}\n\n{{#plates}}");
    assert_eq!(found(&sample), [""; 0]);
    let out = sample.path("target/book");
    Book::read(&sample.workspace()).unwrap().build(&out).unwrap();
    let page = |name: &str| std::fs::read_to_string(out.join(name)).unwrap();
    let (front, part, after) = (page("preface.html"), page("part-1.html"), page("afterword.html"));
    assert!(front.contains("<a href=\"part-1.html\">Part I: The toy machine</a>"), "{front}");
    assert!(front.contains("<p>One · Two</p>"), "{front}");
    for plate in ["ch01-one", "ch02-two"] {
        assert!(front.contains(&format!("<a href=\"{plate}.html\"><rect")), "{front}");
    }
    let rest = part.split_once("<a href=\"ch01-one.html\">1. One</a>").unwrap().1;
    assert!(rest.contains("<strong>4\u{a0}min</strong>"), "{part}");
    // The lines of `src/lib.rs` and `src/main.rs` that are not blank.
    let lines = ["src/lib.rs", "src/main.rs"].map(|file| {
        let text = sample.text(&format!("chapters/ch01-one/{file}"));
        text.lines().filter(|line| !line.trim().is_empty()).count()
    });
    let sum: usize = lines.iter().sum();
    assert!(after.contains(&format!("<td style=\"text-align: right\">{sum}</td>")), "{after}");
}

#[test]
fn the_table_of_a_part_is_for_the_page_of_a_part() {
    let words = [":@: preface.md does not open a part", "part-1.md"];
    broken("book/src/preface.md", "{{#chapters}}", "{{#part}}", &words);
}

#[test]
fn a_missing_page_is_found() {
    let sample = sample();
    sample.edit(ONE, "[above](#predict)", "[times](schedule.md#schedule)");
    std::fs::remove_file(sample.path("book/src/schedule.md")).unwrap();
    let found = found(&sample);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("book/src/schedule.md: there is no page for Schedule"), "{found:?}");
}

#[test]
fn a_key_that_mdbook_does_not_know_is_an_error() {
    for (old, new) in
        [("default-theme", "default-them"), ("runnable", "runable"), ("title", "titel")]
    {
        let sample = sample();
        sample.edit("book/book.toml", old, new);
        let workspace = sample.workspace();
        let error = format!("{:#}", check(&workspace, &[]).unwrap_err());
        assert!(error.contains("book/book.toml") && error.contains(new), "{error}");
    }
}

/// mdBook itself accepts a missing file, a missing anchor and a dead link without a warning; for an
/// unknown key see above.
#[test]
fn problems_that_mdbook_accepts_are_found() {
    broken(
        ONE,
        "{{#needs}}",
        "{{#include nothing.rs}}",
        &["`{{#include nothing.rs}}` is not a directive"],
    );
    broken(
        ONE,
        "{{#needs}}",
        "{{#include ../../chapters/ch01-one/src/lib.rs:anchor}}",
        &["is not a directive"],
    );
    broken(ONE, "[above](#predict)", "[above](nothing.md)", &["there is no nothing.html"]);
}

#[test]
fn only_the_given_chapters_are_checked() {
    let sample = sample();
    sample.edit(ONE, "# One", "# 1");
    sample.edit("book/src/preface.md", "(ch01-one.md)", "(ch01-won.md)");
    let workspace = sample.workspace();
    assert_eq!(check(&workspace, &[&workspace.chapters[1]]).unwrap(), []);
    assert_eq!(check(&workspace, &[&workspace.chapters[0]]).unwrap().len(), 1);
    assert_eq!(found(&sample).len(), 2);
}

/// The pages of the built book, byte for byte.
fn built(sample: &Sample) -> BTreeMap<PathBuf, Vec<u8>> {
    let out = sample.path("out");
    Book::read(&sample.workspace()).unwrap().build(&out).unwrap();
    let files = std::fs::read_dir(out).unwrap().map(|file| file.unwrap().path());
    let pages = files.filter(|file| file.extension().is_some_and(|ending| ending == "html"));
    pages.map(|page| (page.clone(), std::fs::read(page).unwrap())).collect()
}

#[test]
fn the_book_is_the_same_whatever_line_endings_git_writes() {
    let sample = sample();
    // TOML keeps the line endings of such a text.
    let prints = "prints = \"\"\"\n2\n\n\n\"\"\"";
    sample.edit("chapters/ch02-two/steps.toml", "prints = \"2\"", prints);
    sample.edit(ONE, "```text\nnothing", "```wat\n(module)");
    let with_lf = built(&sample);
    for folder in ["chapters", "book/src", "tests/book"] {
        let mut files = BTreeMap::new();
        crate::steps::read_folder(&sample.path(folder), folder, &mut files).unwrap();
        for (name, content) in files {
            sample.write(&name, String::from_utf8(content).unwrap().replace('\n', "\r\n"));
        }
    }
    let with_crlf = built(&sample);
    let mut differ = with_lf.clone();
    differ.retain(|page, content| with_crlf.get(page) != Some(content));
    assert!(differ.is_empty(), "{:?}", differ.keys());
    assert_eq!(found(&sample), [""; 0]);

    // Files that git wrote before and after its settings changed.
    let main = sample.text("chapters/ch01-one/src/main.rs").replace('\r', "");
    sample.write("chapters/ch01-one/src/main.rs", main);
    assert!(built(&sample) == with_lf);
}

#[test]
fn a_wrong_directive_stops_the_build_and_only_a_book_is_overwritten() {
    let sample = sample();
    let workspace = sample.workspace();
    let book = Book::read(&workspace).unwrap();
    let out = sample.path("out");
    book.build(&out).unwrap();
    book.build(&out).unwrap();
    assert!(out.join("index.html").is_file());
    let error = book.build(&sample.path("chapters")).unwrap_err().to_string();
    assert!(error.contains("contains something other than a book"), "{error}");
    sample.edit(ONE, "{{#needs}}", "{{#nedes}}");
    let error = book.build(&out).unwrap_err().to_string();
    assert!(error.contains("book/src/ch01-one.md:12: `{{#nedes}}` is not a directive"), "{error}");
}

#[test]
fn a_chapter_may_have_a_second_page() {
    const MORE: &str = r#"
[[package.metadata.workbook.more]]
page = "ch02-three"
title = "Three"
idea = "a number more"
needs = ["ch02-two"]
reading = 1
doing = 1
speaking = 1
step = 3
exercise = 2
"#;
    let sample = sample();
    let page = "book/src/ch02-three.md";
    sample.edit("chapters/ch02-two/Cargo.toml", "speaking = 1\n", &format!("speaking = 1\n{MORE}"));
    let text = sample.text(TWO).replace("# Two", "# Three");
    sample.write(
        page,
        text.replace("{{#step 1}}\n\nWhy.\n\n{{#step 2}}\n\n{{#code}}\n\nSo it is.\n\n", ""),
    );
    sample.edit(TWO, "{{#step 3}}", "");
    assert_eq!(found(&sample), [""; 0]);

    let workspace = sample.workspace();
    let book = Book::read(&workspace).unwrap();
    let shown = |file: &str| {
        let page = book.pages.iter().find(|page| page.file == file).unwrap();
        book.expand(page, &book.text(page).unwrap()).0
    };
    let (two, three) = (shown("ch02-two.md"), shown("ch02-three.md"));
    assert!(two.contains("### Exercise 1") && !three.contains("### Exercise 1"), "{three}");
    assert!(three.contains("start ch02 NAME --step 2"), "{three}");
    assert!(shown("schedule.md").contains("| [2.1. Three](ch02-three.md) |"));
    assert!(shown("preface.md").contains("| 2.1 | [Three](ch02-three.md) | a number more |"));

    sample.edit(page, "{{#step 3}}", "{{#step 2}}");
    let all = found(&sample).join("\n");
    assert!(all.contains("step 2 belongs to another page of ch02-two"), "{all}");
}
