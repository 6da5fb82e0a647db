//! A repository of three chapters, each a copy of the one before.

use gix_object::tree::{Entry, EntryKind};
use gix_object::{Kind, Tree, Write};

use super::*;
use crate::sample::Sample;

const LIB: [&str; 3] = [
    "//! One.\n\nfn first() -> usize {\n    1\n}\n\nfn last() -> usize {\n    8\n}\n",
    "//! Two.\n\nfn first() -> usize {\n    1\n}\n\nfn second() -> usize {\n    2\n}\n\nfn last() -> usize {\n    8\n}\n",
    "//! Three.\n\nfn first() -> usize {\n    1\n}\n\nfn second() -> usize {\n    2\n}\n\nfn third() -> usize {\n    3\n}\n\nfn last() -> usize {\n    8\n}\n",
];
const CHAPTERS: [&str; 3] = ["ch01-one", "ch02-two", "ch03-three"];

/// The file of a chapter's library.
fn lib(number: usize) -> String {
    format!("chapters/{}/src/lib.rs", CHAPTERS[number - 1])
}

/// Three chapters without steps, all committed.
fn repository() -> Sample {
    let sample = Sample::new();
    let manifest = sample.text("chapters/ch02-two/Cargo.toml");
    let manifest = manifest.split("\n[[example]]").next().unwrap().to_owned();
    sample.write("chapters/ch02-two/Cargo.toml", &manifest);
    let third = manifest.replace("ch02-two", "ch03-three").replace("ch01-one", "ch02-two");
    sample.write("chapters/ch03-three/Cargo.toml", third);
    for chapter in ["ch01-one", "ch02-two"] {
        fs::remove_file(sample.path(&format!("chapters/{chapter}/src/main.rs"))).unwrap();
    }
    fs::remove_file(sample.path("chapters/ch02-two/steps.toml")).unwrap();
    (1..).zip(LIB).for_each(|(number, text)| sample.write(&lib(number), text));
    commit(&sample);
    sample
}

/// Commits all files.
fn commit(sample: &Sample) {
    for folder in [".git/objects", ".git/refs/heads"] {
        fs::create_dir_all(sample.path(folder)).unwrap();
    }
    let objects = gix_odb::at(sample.path(".git/objects"), gix_hash::Kind::Sha1).unwrap();
    let tree = tree(&objects, &sample.path(""));
    let who = "A <a@example.org> 0 +0000";
    let commit = format!("tree {tree}\nauthor {who}\ncommitter {who}\n\nAll\n");
    let commit = objects.write_buf(Kind::Commit, commit.as_bytes()).unwrap();
    sample.write(".git/HEAD", "ref: refs/heads/main\n");
    sample.write(".git/refs/heads/main", format!("{commit}\n"));
}

fn tree(objects: &gix_odb::Handle, folder: &Path) -> gix_hash::ObjectId {
    let mut tree = Tree::empty();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let (path, name) = (entry.path(), entry.file_name().into_string().unwrap());
        let (kind, oid) = match path.is_dir() {
            true if name == ".git" || name == "target" => continue,
            true => (EntryKind::Tree, self::tree(objects, &path)),
            false => {
                let content = fs::read(&path).unwrap();
                (EntryKind::Blob, objects.write_buf(Kind::Blob, &content).unwrap())
            }
        };
        tree.entries.push(Entry { mode: kind.into(), filename: name.into(), oid });
    }
    tree.entries.sort();
    objects.write(&tree).unwrap()
}

fn propagate(sample: &Sample, chapter: &str, dry_run: bool) -> Result<()> {
    run(&sample.path(""), &Arguments { chapter: chapter.to_owned(), dry_run })
}

#[test]
fn a_fix_is_carried_to_all_later_chapters() {
    let sample = repository();
    sample.edit(&lib(1), "    1\n", "    1 + 0\n");
    propagate(&sample, "ch01", true).unwrap();
    assert_eq!(sample.text(&lib(2)), LIB[1], "a dry run writes");

    propagate(&sample, "ch01", false).unwrap();
    for number in [2, 3] {
        assert_eq!(sample.text(&lib(number)), LIB[number - 1].replace("    1\n", "    1 + 0\n"));
    }
    // A second run changes nothing.
    propagate(&sample, "ch01", false).unwrap();
    assert_eq!(sample.text(&lib(3)), LIB[2].replace("    1\n", "    1 + 0\n"));
}

#[test]
fn other_uncommitted_changes_are_kept_and_not_carried() {
    let sample = repository();
    sample.edit(&lib(2), "    2\n", "    2 + 0\n");
    sample.edit(&lib(1), "    8\n", "    9\n");
    propagate(&sample, "ch01", false).unwrap();
    assert_eq!(sample.text(&lib(2)), LIB[1].replace("    2\n", "    2 + 0\n").replace('8', "9"));
    assert_eq!(sample.text(&lib(3)), LIB[2].replace('8', "9"));
}

#[test]
fn a_conflict_writes_nothing() {
    let sample = repository();
    // The second chapter could take the fix, the third has another change in that place.
    sample.edit(&lib(1), "    8\n", "    9\n");
    sample.edit(&lib(3), "    8\n", "    7\n");
    let workspace = sample.workspace();
    let (_, conflicts) = carry(&workspace, &workspace.chapters[0]).unwrap();
    let place = format!("{}:16", lib(3));
    let sides = "here:\n      7\nthe fix:\n      9".to_owned();
    assert_eq!(conflicts, [Conflict { place, sides }]);
    let error = propagate(&sample, "ch01", false).unwrap_err().to_string();
    assert!(error.contains("conflicts: 1; no file was changed"), "{error}");
    assert_eq!(sample.text(&lib(2)), LIB[1]);
}

#[test]
fn a_chapter_that_starts_elsewhere_is_left_alone() {
    let sample = repository();
    sample.write("chapters/ch02-two/steps.toml", "start = \"nothing\"\n");
    sample.edit(&lib(1), "    8\n", "    9\n");
    propagate(&sample, "ch01", false).unwrap();
    assert_eq!((sample.text(&lib(2)), sample.text(&lib(3))), (LIB[1].into(), LIB[2].into()));
}

#[test]
fn new_and_deleted_files_are_carried() {
    let sample = repository();
    sample.write("chapters/ch01-one/src/new.rs", "// new\n");
    sample.write("chapters/ch01-one/tests/new.rs", "// test\n");
    sample.write("chapters/ch01-one/tests/snapshots/new.snap", "a snapshot\n");
    propagate(&sample, "ch01", false).unwrap();
    assert_eq!(sample.text("chapters/ch03-three/src/new.rs"), "// new\n");
    assert_eq!(sample.text("chapters/ch03-three/tests/new.rs"), "// test\n");
    assert!(!sample.path("chapters/ch03-three/tests/snapshots/new.snap").exists());

    commit(&sample);
    sample.edit("chapters/ch03-three/tests/new.rs", "test", "another");
    fs::remove_file(sample.path("chapters/ch01-one/src/new.rs")).unwrap();
    propagate(&sample, "ch01", false).unwrap();
    assert!(!sample.path("chapters/ch03-three/src/new.rs").exists());
    fs::remove_file(sample.path("chapters/ch01-one/tests/new.rs")).unwrap();
    assert!(propagate(&sample, "ch01", false).is_err(), "a changed file is removed");
    assert!(sample.path("chapters/ch02-two/tests/new.rs").exists());
}

#[test]
fn line_endings_of_the_working_copy_do_not_matter() {
    let sample = repository();
    for number in 1..=3 {
        sample.write(&lib(number), LIB[number - 1].replace('\n', "\r\n"));
    }
    sample.edit(&lib(1), "    8\r\n", "    9\r\n");
    propagate(&sample, "ch01", false).unwrap();
    assert_eq!(sample.text(&lib(3)), LIB[2].replace('8', "9").replace('\n', "\r\n"));
}

#[test]
fn a_worktree_shares_its_objects() {
    let sample = repository();
    let files = |root: &Path| committed::files(root, "chapters/ch03-three").unwrap();
    let there = files(&sample.path(""));
    assert_eq!(there.keys().collect::<Vec<_>>(), ["Cargo.toml", "src/lib.rs"]);

    let main = sample.text(".git/refs/heads/main");
    sample.write(
        ".git/packed-refs",
        format!(
            "# pack-refs with: peeled fully-peeled sorted \n{} refs/heads/packed\n",
            main.trim()
        ),
    );
    sample.write(".git/worktrees/other/HEAD", "ref: refs/heads/packed\n");
    sample.write(".git/worktrees/other/commondir", "../..\n");
    sample.write("target/other/.git", "gitdir: ../../.git/worktrees/other\n");
    assert_eq!(files(&sample.path("target/other")), there);
}

#[test]
fn no_repository_is_an_error() {
    let sample = Sample::new();
    let error = propagate(&sample, "ch01", false).unwrap_err().to_string();
    assert!(error.contains("is not in a git repository"), "{error}");
}
