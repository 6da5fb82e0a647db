//! Two chapters with correct steps, and each way to break them.

use super::*;
use crate::sample::{Sample, assert_only};

const STEPS: &str = "chapters/ch02-two/steps.toml";

/// The steps of the sample's second chapter.
fn read(sample: &Sample) -> Steps {
    let workspace = sample.workspace();
    Steps::read(&workspace, &workspace.chapters[1]).unwrap().unwrap()
}

/// The only finding in the sample whose steps have `new` in place of `old`.
#[track_caller]
fn broken(old: &str, new: &str, expected: &[&str]) {
    let sample = Sample::new();
    sample.edit(STEPS, old, new);
    assert_only(&read(&sample).findings, expected);
}

#[test]
fn correct_steps_have_no_findings() {
    let steps = read(&Sample::new());
    assert_eq!(steps.findings, []);
    assert_eq!(steps.steps.iter().map(|step| step.line).collect::<Vec<_>>(), [7, 14, 24]);
}

#[test]
fn a_state_has_the_lines_that_were_added_and_not_deleted() {
    let sample = Sample::new();
    let steps = read(&sample);
    let state = |step: usize, file: &str| {
        let state = steps.state(step);
        String::from_utf8(state[file].clone()).unwrap()
    };
    let given = sample.text("chapters/ch01-one/src/main.rs").replace("ch01_one", "ch02_two");
    assert_eq!(state(0, "src/main.rs"), given);
    assert_eq!(state(0, "src/lib.rs"), sample.text("chapters/ch01-one/src/lib.rs"));
    assert_eq!(
        state(2, "src/main.rs"),
        "use ch02_two::Number;\n\nfn main() {\n    println!(\"{}\", Number::Two.value());\n}\n"
    );
    assert!(
        state(2, "src/lib.rs").ends_with("        }\n    }\n}\n"),
        "{}",
        state(2, "src/lib.rs")
    );
    for name in ["Cargo.toml", "src/lib.rs", "src/main.rs"] {
        assert_eq!(state(3, name), sample.text(&format!("chapters/ch02-two/{name}")));
    }
}

#[test]
fn the_listing_of_a_step() {
    let steps = read(&Sample::new());
    let listing = steps.listing(Part::Shown(3));
    let shown: Vec<String> = listing
        .iter()
        .flat_map(|listing| {
            listing.passages.iter().flat_map(|passage| {
                let within = passage.within.as_deref().unwrap_or("-");
                let head = format!("{} in {within}", listing.file);
                let sign = |kind| match kind {
                    Kind::Context => ' ',
                    Kind::Added => '+',
                    Kind::Removed => '-',
                };
                let lines = passage.lines.iter();
                let lines = lines.map(move |line| format!("{}{}", sign(line.kind), line.text));
                [head].into_iter().chain(lines)
            })
        })
        .collect();
    let expected = r#"src/lib.rs in impl Number
             Number::Two => 2,
         }
     }
+
+    /// The sum of both.
+    pub fn sum(&self, other: &Number) -> usize {
+        self.value() + other.value()
+    }
 }
src/main.rs in fn main
 use ch02_two::Number;

 fn main() {
-    println!("{}", Number::Two.value());
+    println!("{}", Number::One.sum(&Number::Two));
 }"#;
    let shown: Vec<&str> = shown.iter().map(|line| line.trim_end()).collect();
    assert_eq!(shown, expected.lines().collect::<Vec<_>>());
    assert_eq!(steps.changed(3), 6);
    assert!(steps.listing(Part::Along(3)).is_empty());
    assert_eq!(steps.listing(Part::Given(0)).len(), 2);
}

#[test]
fn a_change_that_no_entry_takes_is_found() {
    broken(
        "{ file = \"src/main.rs\" },",
        "",
        &["chapters/ch01-one/src/main.rs:4:", "no step makes this change", "- "],
    );
    broken(
        "hunks = [{ file = \"src/lib.rs\" }]",
        "hunks = [{ file = \"src/lib.rs\", item = \"enum Number\", with = \"Two,\" }]",
        &["chapters/ch02-two/src/lib.rs:3:", "+ /// One and two."],
    );
}

#[test]
fn an_entry_that_takes_no_line_is_found() {
    broken(
        "{ file = \"src/lib.rs\", item = \"fn sum\" },",
        "{ file = \"src/lib.rs\", item = \"fn sum\" }, { file = \"src/lib.rs\", item = \"fn sum\" },",
        &["steps.toml:28:", "takes no line", "other entries take its 4 lines"],
    );
}

#[test]
fn words_that_describe_no_line_or_several_are_found() {
    let sum = "line = \"Number::One.sum\"";
    broken(sum, "line = \"Number::Ten\"", &["steps.toml:29:", "no changed line of src/main.rs"]);
    broken(sum, "item = \"fn sub\"", &["no item `fn sub` in src/main.rs"]);
    broken(sum, "from = \"One.sum\", to = \"}\"", &["with one below it that contains `}`"]);
    broken(sum, "line = \"One\", to = \"}\"", &["takes `with`, `line`, or `from` and `to`"]);
    broken(
        "item = \"fn sum\"",
        "line = \"=>\"",
        &[
            "`=>` describes more than one line of src/lib.rs:",
            "15 +             Number::One => 1,",
            "16 +             Number::Two => 2,",
            "name its `item`",
        ],
    );
    broken(
        "file = \"src/lib.rs\", item = \"fn sum\"",
        "file = \"lib.rs\"",
        &["no file `lib.rs`; there are Cargo.toml, src/lib.rs, src/main.rs"],
    );
}

#[test]
fn an_item_may_be_narrowed() {
    let sample = Sample::new();
    sample.edit(STEPS, "item = \"fn sum\"", "item = \"fn value\", line = \"Number::Two\"");
    let steps = read(&sample);
    assert_eq!(steps.findings, []);
    assert_eq!(steps.changed(3), 3);
}

#[test]
fn a_syntax_error_names_its_line() {
    broken("title = \"A sum\"", "titel = \"A sum\"", &["steps.toml:25:", "unknown field `titel`"]);
    broken("status = \"fails\"", "status = \"breaks\"", &["steps.toml:9:", "breaks"]);
    broken(
        "start = \"ch01-one\"",
        "start = \"ch02-two\"",
        &["steps.toml:1:", "no earlier chapter"],
    );
}

#[test]
fn a_step_that_contradicts_itself_is_found() {
    broken("error = \"E0004\"\n", "", &["steps.toml:7:", "fails, but doesn't name its error"]);
    broken(
        "prints = \"2\"",
        "error = \"E0004\"\nprints = \"2\"",
        &["names an error, but doesn't fail"],
    );
    broken(
        "status = \"runs\"\nhunks = [\n    { file = \"src/lib.rs\", item = \"fn sum\"",
        "status = \"compiles\"\nhunks = [\n    { file = \"src/lib.rs\", item = \"fn sum\"",
        &["has `prints`, but doesn't run"],
    );
    broken(
        "prints = \"3\"",
        "prints = \"3\"\n[[step.run]]\narguments = []\nprints = \"3\"",
        &["the step `A sum` has `run`, and another status or `prints`"],
    );
}

#[test]
fn a_draft_without_a_place_is_found() {
    broken("until = 3", "until = 2", &["a draft of step 2 cannot end with step 2"]);
    broken("until = 3", "until = 4", &["a draft of step 2 cannot end with step 4"]);
    broken(
        "after = \"fn main\"",
        "after = \"fn niam\"",
        &["no line of src/main.rs contains `fn niam`"],
    );
    broken("after = \"fn main\", ", "", &["add `after` or `before`"]);
}

#[test]
fn a_draft_may_come_along() {
    let sample = Sample::new();
    let kinds = |part| -> Vec<Kind> {
        let listings = read(&sample).listing(part);
        let passages = listings.into_iter().flat_map(|listing| listing.passages);
        let lines = passages.flat_map(|passage| passage.lines);
        let draft = lines.filter(|line| line.text.contains("Number::Two.value()"));
        draft.map(|line| line.kind).filter(|kind| *kind != Kind::Context).collect()
    };
    assert_eq!(kinds(Part::Shown(2)), [Kind::Added]);
    sample.edit(STEPS, "until = 3", "along = true, until = 3");
    // Next to the lines that are shown it is shown too, and then it is not folded as well.
    assert_eq!(kinds(Part::Shown(2)), [Kind::Added]);
    assert_eq!(kinds(Part::Along(2)), []);
    assert_eq!(kinds(Part::Shown(3)), [Kind::Removed]);
    assert_eq!(kinds(Part::Along(3)), []);
}

#[test]
fn changes_that_come_along_are_listed_separately() {
    let sample = Sample::new();
    sample.edit(STEPS, "    { file = \"src/lib.rs\", item = \"fn sum\" },\n", "");
    sample.edit(STEPS, "prints = \"3\"", "along = [{ file = \"src/lib.rs\", item = \"fn sum\" }]");
    let steps = read(&sample);
    let files = |part| -> Vec<String> {
        steps.listing(part).into_iter().map(|listing| listing.file).collect()
    };
    assert_eq!(files(Part::Shown(3)), ["src/main.rs"]);
    assert_eq!(files(Part::Along(3)), ["src/lib.rs"]);
}

#[test]
fn what_comes_along_leaves_no_gap_in_the_listing() {
    let sample = Sample::new();
    let value = "along = [{ file = \"src/lib.rs\", item = \"fn value\" }]\n";
    sample.edit(STEPS, "prints = \"2\"\n", value);
    let steps = read(&sample);
    let listing = steps.listing(Part::Shown(2)).remove(0);
    let [passage] = &listing.passages[..] else { panic!("{:?}", listing.passages) };
    let lines: Vec<&str> = passage.lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(lines, ["    /// 2", "    Two,", "}", "", "impl Number {", "}"]);
}

#[test]
fn a_listing_does_not_begin_with_a_blank_line() {
    let sample = Sample::new();
    sample.write(
        "chapters/ch02-two/src/new.rs",
        "//! 1\n//! 2\n//! 3\n//! 4\n//! 5\n\nfn new() {}\n",
    );
    let sum = "{ file = \"src/lib.rs\", item = \"fn sum\" },";
    sample.edit(STEPS, sum, &format!("{sum} {{ file = \"src/new.rs\", item = \"fn new\" }},"));
    let steps = sample.text(STEPS) + "along = [{ file = \"src/new.rs\" }]\n";
    sample.write(STEPS, steps);
    let steps = read(&sample);
    assert_eq!(steps.findings, []);
    let mut shown = steps.listing(Part::Shown(3));
    let new = shown.extract_if(.., |listing| listing.file == "src/new.rs").next().unwrap();
    let lines: Vec<&str> = new.passages[0].lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(lines, ["fn new() {}"]);
}

#[test]
fn a_draft_may_be_given() {
    let sample = Sample::new();
    let name = "{ file = \"src/main.rs\", line = \"use ch0\" }]\n";
    let draft = "draft = [{ file = \"src/main.rs\", before = \"fn main\", until = 2, text = \"// One.\\n\" }]\n";
    sample.edit(STEPS, name, &format!("{name}{draft}"));
    let steps = read(&sample);
    assert_eq!(steps.findings, []);
    let is_there = |step| {
        let main = String::from_utf8(steps.state(step)["src/main.rs"].clone()).unwrap();
        main.contains("// One.\nfn main")
    };
    assert_eq!([0, 1, 2, 3].map(is_there), [true, true, false, false]);
    let kinds = |part| -> Vec<Kind> {
        let passages = steps.listing(part).into_iter().flat_map(|listing| listing.passages);
        let lines = passages.flat_map(|passage| passage.lines);
        lines.filter(|line| line.text == "// One.").map(|line| line.kind).collect()
    };
    assert_eq!(kinds(Part::Given(0)), [Kind::Added]);
    assert_eq!(kinds(Part::Shown(2)), [Kind::Removed]);
}

#[test]
fn a_step_that_is_too_long_is_found() {
    let sample = Sample::new();
    // The step has four lines already.
    let lines: String = (5..MOST_LINES).map(|number| format!("// {number}\n")).collect();
    let lib = sample.text("chapters/ch02-two/src/lib.rs");
    sample.write("chapters/ch02-two/src/lib.rs", lib + &lines);
    assert_eq!(read(&sample).findings, []);
    let lib = sample.text("chapters/ch02-two/src/lib.rs");
    sample.write("chapters/ch02-two/src/lib.rs", lib + "\n\n// a\n// b\n");
    assert_only(&read(&sample).findings, &["steps.toml:7:", "step 1 changes 53 lines", "along"]);
}

#[test]
fn each_state_does_what_its_step_declares() {
    // One sample for all cases, to build less.
    let sample = Sample::new();
    let findings = |sample: &Sample| {
        let workspace = sample.workspace();
        check(&workspace, &[&workspace.chapters[1]]).unwrap()
    };
    assert_eq!(findings(&sample), []);

    let right = sample.text(STEPS);
    let cases: [(&str, &str, &[&str]); 5] = [
        (
            "E0004",
            "E0005",
            &["steps.toml:7:", "step 1, `Two`: it should fail with E0005", "error[E0004]"],
        ),
        (
            "Two` not covered",
            "Ten` not covered",
            &["`Number::Ten` not covered`, but it fails with"],
        ),
        (
            "status = \"fails\"\nerror = \"E0004\"\nsaying = \"`Number::Two` not covered\"",
            "status = \"compiles\"",
            &["it doesn't compile", "error[E0004]"],
        ),
        (
            "status = \"runs\"\nhunks",
            "status = \"fails\"\nerror = \"E0004\"\nsaying = \"\"\nhunks",
            &["it should fail, but it compiles"],
        ),
        ("prints = \"3\"", "prints = \"4\"", &["step 3, `A sum`: it prints\n    3\n"]),
    ];
    for (old, new, expected) in cases {
        let drop = if new.contains("saying = \"\"") { "prints = \"2\"\n" } else { "" };
        sample.write(STEPS, right.replacen(old, new, 1).replacen(drop, "", 1));
        assert_only(&findings(&sample), expected);
    }

    let run = "[[step.run]]\narguments = [\"one\"]\nprints = \"3\"";
    sample.write(STEPS, right.replacen("prints = \"3\"", run, 1));
    assert_eq!(findings(&sample), []);
    sample.edit(STEPS, "prints = \"3\"", "prints = \"4\"");
    assert_only(
        &findings(&sample),
        &["step 3, `A sum`: with `one` it ends with", "prints\n    3\n"],
    );

    sample.write(STEPS, &right);
    sample.edit("chapters/ch02-two/src/main.rs", "sum(&Number::Two)", "sum(&Number::Two) - 4");
    assert_only(&findings(&sample), &["step 3, `A sum`: it ends with", "overflow"]);
    let crashes = |saying: &str| {
        let crashes = format!("\"A sum\"\nstatus = \"crashes\"\nsaying = \"{saying}\"");
        let steps = right.replace("\"A sum\"\nstatus = \"runs\"", &crashes);
        sample.write(STEPS, steps.replace("prints = \"3\"\n", ""));
        findings(&sample)
    };
    assert!(crashes("with overflow").is_empty());
    assert_only(&crashes("by fire"), &["should crash with `by fire`", "with overflow"]);
    sample.write(STEPS, right);
    sample.edit(STEPS, ", { file = \"src/main.rs\", line = \"use ch0\" }", "");
    assert!(findings(&sample)[0].problem.contains("before step 1 the copy doesn't compile"));
    fs::remove_file(sample.path(STEPS)).unwrap();
    assert_only(&findings(&sample), &["the chapter has no steps"]);
}

#[test]
fn a_blank_line_beside_an_item_is_no_passage_of_its_own() {
    let file = |text: &str| [("src/lib.rs".to_owned(), text.as_bytes().to_vec())].into();
    let after = "fn two() {\n    2;\n}\n\nfn one() {}\n";
    let mut rest = Steps::between(&file("fn one() {}\n"), &file(after)).whole();
    let taken = extract(&mut rest, "src/lib.rs", after, 0..3);
    assert_eq!(taken.len(), 1);
    assert!(rest.is_empty(), "the rest is a blank line and what was there before");
}
