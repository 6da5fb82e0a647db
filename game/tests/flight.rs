//! Flights without a window: the same keys lead to the same calls.

mod common;

use std::fs;

use common::{ECHO, WAVES, place, rocket, succeed};

/// FNV-1a: one number for a whole text.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The calls of one second in ten lines or so: those that draw, of each sixtieth frame.
fn excerpt(calls: &str) -> String {
    let is_shown = |line: &&str| {
        let mut words = line.split(' ');
        let frame: u64 = words.next().unwrap().parse().unwrap();
        let name = words.next().unwrap();
        frame.is_multiple_of(60) && !["sin", "cos", "Math_atan"].contains(&name)
    };
    let lines: Vec<&str> = calls.lines().filter(is_shown).collect();
    lines.join("\n")
}

#[test]
fn a_wave_is_flown_call_by_call_on_every_engine() {
    for engine in rocket::ENGINES {
        let flight = ["--headless", "--frames", "600", "--calls", "-", "--keys", WAVES];
        let calls = succeed(rocket("wave").args(flight).args(["--engine", engine.name]));
        let flight = format!(
            "{} calls, fingerprint {:016x}\n\n{}",
            calls.lines().count(),
            fingerprint(&calls),
            excerpt(&calls)
        );
        insta::assert_snapshot!("a_wave_is_flown_call_by_call", flight, engine.name);
    }
}

#[test]
fn a_recorded_flight_is_replayed_call_by_call() {
    let first = ["--headless", "--frames", "200", "--keys", WAVES];
    succeed(rocket("record").args(first).args(["--record", "keys", "--calls", "calls"]));
    let keys = place("record").join("keys");
    succeed(
        rocket("replay")
            .args(["--headless", "--record", "keys", "--calls", "calls", "--keys"])
            .arg(&keys),
    );
    let read = |folder: &str, file: &str| fs::read_to_string(place(folder).join(file)).unwrap();
    assert!(read("record", "calls").lines().count() > 1000);
    assert_eq!(read("record", "calls"), read("replay", "calls"));
    assert_eq!(read("record", "keys"), read("replay", "keys"));
    assert!(read("record", "keys").ends_with("\n200 end\n"));
}

#[test]
fn each_line_of_a_file_of_keys_has_its_meaning() {
    let keys = "\
# A comment, and an empty line.

2 end        # sorted by frames, not by lines
0 left down
0 space down # another name of `shoot`
1 left up
1 up down
1 size 640 480
";
    assert_eq!(
        fly(keys),
        "\
0 draw_player 800 600 5
1 draw_player 640 480 3
"
    );
}

#[test]
fn a_restart_is_a_fresh_game_that_knows_what_is_held() {
    let calls = fly("0 size 640 480\n1 right down\n2 restart\n3 end");
    assert_eq!(
        calls,
        "\
0 draw_player 640 480 0
1 draw_player 640 480 8
2 draw_player 640 480 8
"
    );
    let folder = rocket("restart");
    let folder = folder.get_current_dir().unwrap();
    fs::write(folder.join("keys"), "2 restart\n3 end").unwrap();
    let times = calls_of("restart", "draw_enemy");
    assert_eq!(
        times,
        "\
0 draw_enemy 0.016666666666666666 0.016666666666666666
1 draw_enemy 0.016666666666666666 0.03333333333333333
2 draw_enemy 0.016666666666666666 0.016666666666666666
"
    );
}

/// Where the player is drawn by the module that draws what it is told.
fn fly(keys: &str) -> String {
    let folder = format!("fly-{:x}", fingerprint(keys));
    let command = rocket(&folder);
    fs::write(command.get_current_dir().unwrap().join("keys"), keys).unwrap();
    calls_of(&folder, "draw_player")
}

/// The calls of one name in the flight whose keys are in a folder.
fn calls_of(folder: &str, name: &str) -> String {
    let keys = fs::read_to_string(place(folder).join("keys")).unwrap();
    let mut command = rocket(folder);
    fs::write(place(folder).join("keys"), keys).unwrap();
    let calls = succeed(command.args(["--headless", "--keys", "keys", "--calls", "-", ECHO]));
    let lines = calls.lines().filter(|line| line.split(' ').nth(1) == Some(name));
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn every_engine_that_counts_executes_the_same_instructions() {
    let report = |engine: &str| {
        let flight = ["--headless", "--frames", "60", "--keys", WAVES, "--engine", engine];
        succeed(rocket("instructions").args(flight))
    };
    let instructions = |engine: &rocket::EngineRow| {
        let report = report(engine.name);
        let figures: Vec<&str> = report.split(", ").collect();
        assert_eq!(figures[0], format!("{}: 60 frames", engine.name));
        let counted = figures.iter().find(|figure| figure.ends_with(" instructions a frame"));
        counted.map(|figure| (*figure).to_owned())
    };
    let counted: Vec<String> = rocket::ENGINES.iter().filter_map(instructions).collect();
    assert_eq!(counted.len(), 2);
    assert_eq!(counted[0], counted[1]);
}

#[test]
fn the_figures_come_at_the_end() {
    let report = succeed(rocket("figures").args(["--headless", "--frames", "3", ECHO]));
    assert!(report.starts_with("fast: 3 frames, "), "{report}");
    assert!(report.ends_with(" ms a frame\n"), "{report}");
    let output = rocket("figures")
        .args(["--headless", "--frames", "1", "--calls", "-", ECHO])
        .output()
        .unwrap();
    assert!(!String::from_utf8_lossy(&output.stdout).contains("frames"));
    assert!(common::error(&output).starts_with("fast: 1 frames, "));
}

#[test]
fn six_hundred_frames_unless_something_else_is_said() {
    let report = succeed(rocket("length").args(["--headless", ECHO]));
    assert!(report.starts_with("fast: 600 frames, "), "{report}");
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    let mut command = rocket("pipe");
    command
        .args(["--headless", "--calls", "-", ECHO])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let mut flight = command.spawn().unwrap();
    drop(flight.stdout.take());
    let output = flight.wait_with_output().unwrap();
    assert!(output.status.success());
    assert!(!common::error(&output).contains("error"), "{}", common::error(&output));
}
