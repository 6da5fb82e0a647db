//! The window, on a virtual display with software OpenGL.
//!
//! It needs Linux, the programs `Xvfb`, `xdotool` and `openbox`, and the libraries of Mesa. Where these are missing the tests are
//! skipped and say so, unless `ROCKET_REQUIRE_WINDOW=1` asks for a failure.

mod common;

use std::collections::HashSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use common::{TRAP, WAVES, error, fail, place, rocket, succeed};
use libtest_mimic::{Arguments, Completion, Trial};

fn main() {
    let tests = [
        on_display("the_window_shows_more_than_one_colour", shows_colours),
        on_display("a_pressed_key_turns_the_rocket_and_is_replayed_without_a_window", turns),
        on_display("a_trap_is_shown_until_a_key_is_pressed", shows_a_trap),
        on_display("written_files_survive_the_window", survives),
        on_display("a_picture_that_cannot_be_saved_is_an_error_at_once", cannot_save),
        on_display("a_minimised_window_pauses_the_flight", pauses),
        on_display("the_best_score_and_the_settings_are_kept", keeps),
    ];
    libtest_mimic::run(&Arguments::from_args(), tests.into()).exit();
}

/// A test on a display of its own. It is skipped where something is missing and nobody requires it.
fn on_display(name: &str, test: fn(&Display)) -> Trial {
    Trial::ignorable_test(name, move || match Display::new() {
        Ok(display) => {
            test(&display);
            Ok(Completion::Completed)
        }
        Err(missing) => {
            let missing = format!("missing: {missing}");
            match std::env::var("ROCKET_REQUIRE_WINDOW").is_ok_and(|value| value == "1") {
                true => Err(missing.into()),
                false => Ok(Completion::ignored_with(missing)),
            }
        }
    })
}

/// A virtual display, as long as it lives.
struct Display {
    server: Child,
    manager: Child,
    name: String,
}

impl Display {
    /// Starts a display, or says what is missing for it.
    fn new() -> Result<Display, String> {
        if cfg!(not(target_os = "linux")) {
            return Err("Linux".into());
        }
        let server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1024x768x24", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let tool = Command::new("xdotool")
            .arg("version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        let mut missing = Vec::new();
        if tool.is_err() {
            missing.push("xdotool");
        }
        let Ok(mut server) = server else {
            missing.push("Xvfb");
            return Err(missing.join(", "));
        };
        let mut number = String::new();
        let mut lines = BufReader::new(server.stdout.take().unwrap());
        lines.read_line(&mut number).unwrap();
        let name = format!(":{}", number.trim());
        let manager = Command::new("openbox")
            .args(["--sm-disable", "--config-file", "/dev/null"])
            .env("DISPLAY", &name)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        match manager {
            Ok(manager) if missing.is_empty() => Ok(Display { server, manager, name }),
            manager => {
                match manager {
                    Ok(mut manager) => drop(manager.kill().and_then(|()| manager.wait())),
                    Err(_) => missing.push("openbox"),
                }
                let _ = server.kill().and_then(|()| server.wait());
                Err(missing.join(", "))
            }
        }
    }

    /// The program on this display.
    fn rocket(&self, folder: &str) -> Command {
        let mut command = rocket(folder);
        command.env("DISPLAY", &self.name).env("LIBGL_ALWAYS_SOFTWARE", "1");
        command
    }

    /// Moves the pointer and presses keys, as the words say.
    fn xdotool(&self, words: &str) {
        let mut command = Command::new("xdotool");
        let status = command.env("DISPLAY", &self.name).args(words.split(' ')).status();
        assert!(status.unwrap().success(), "xdotool {words}");
    }

    /// Waits until the window is there, and gives it the keys.
    fn focus(&self) {
        let search = "search --sync --onlyvisible --name rocket";
        let mut command = Command::new("timeout");
        command.env("DISPLAY", &self.name).args(["60", "xdotool"]).args(search.split(' '));
        assert!(command.stdout(Stdio::null()).status().unwrap().success(), "no window");
        self.xdotool("search --sync --onlyvisible --name rocket windowactivate --sync");
    }

    /// Starts a flight that writes its calls, and leaves the first screen.
    fn flight(&self, folder: &str, arguments: &[&str]) -> Child {
        let mut command = self.rocket(folder);
        command.args(["--calls", "calls"]).args(arguments);
        let flight = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        self.focus();
        let calls = place(folder).join("calls");
        // The first screen waits for a key, and it may take a moment until the program listens.
        let start = Instant::now();
        while fs::read_to_string(&calls).unwrap_or_default().is_empty() {
            assert!(start.elapsed() < Duration::from_secs(60), "no key begins the flight");
            self.xdotool("key Return");
            sleep(Duration::from_millis(300));
        }
        flight
    }

    /// Leaves a flight, which is paused first, and returns what the program said.
    fn leave(&self, mut flight: Child) -> Output {
        let start = Instant::now();
        while flight.try_wait().unwrap().is_none() {
            assert!(start.elapsed() < Duration::from_secs(60), "Esc doesn't leave");
            self.xdotool("key Escape");
            sleep(Duration::from_millis(500));
        }
        flight.wait_with_output().unwrap()
    }

    /// The width and the height of the window.
    fn size(&self) -> String {
        let mut command = Command::new("xdotool");
        command.env("DISPLAY", &self.name).args(["getactivewindow", "getwindowgeometry"]);
        let said = String::from_utf8(command.output().unwrap().stdout).unwrap();
        said.rsplit("Geometry: ").next().unwrap_or_default().trim().to_owned()
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.manager.kill().and_then(|()| self.manager.wait());
        let _ = self.server.kill().and_then(|()| self.server.wait());
    }
}

/// Waits until a file says something.
fn wait_for(file: &std::path::Path, text: &str) {
    let start = Instant::now();
    while !fs::read_to_string(file).is_ok_and(|said| said.contains(text)) {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "{} does not say {text:?}",
            file.display()
        );
        sleep(Duration::from_millis(50));
    }
}

fn shows_colours(display: &Display) {
    succeed(display.rocket("picture").args([
        "--keys",
        WAVES,
        "--screenshot",
        "a.png",
        "--at",
        "12",
    ]));
    let picture = image::open(place("picture").join("a.png")).unwrap().into_rgb8();
    assert_eq!(picture.dimensions(), (800, 600));
    let colors: HashSet<_> = picture.pixels().collect();
    assert!(colors.len() > 500, "{} colours", colors.len());
    // The sky is dark, and the score in its upper left corner is not upside down.
    let light = |x: std::ops::Range<u32>, y: std::ops::Range<u32>| {
        let pixels = x.flat_map(|x| y.clone().map(move |y| (x, y)));
        pixels.map(|(x, y)| picture.get_pixel(x, y).0[1]).max()
    };
    assert!(light(10..60, 20..60) > Some(200));
    assert!(light(10..60, 560..590) < Some(150));
}

fn turns(display: &Display) {
    let flight = display.flight("keys", &["--record", "keys"]);
    let (keys, calls) = (place("keys").join("keys"), place("keys").join("calls"));
    display.xdotool("keydown Left");
    wait_for(&keys, "left down");
    sleep(Duration::from_millis(500));
    display.xdotool("keyup Left");
    wait_for(&keys, "left up");
    let output = display.leave(flight);
    assert!(output.status.success(), "{}", error(&output));

    let flown = fs::read_to_string(&calls).unwrap();
    let angles: HashSet<&str> = flown
        .lines()
        .filter(|line| line.contains("draw_player"))
        .filter_map(|line| line.rsplit(' ').next())
        .collect();
    assert!(angles.len() > 2, "{angles:?}");
    let end = fs::read_to_string(&keys).unwrap();
    assert!(end.ends_with(" end\n"), "{end}");
    succeed(rocket("again").args(["--headless", "--calls", "calls", "--keys"]).arg(&keys));
    assert!(fs::read_to_string(place("again").join("calls")).unwrap() == flown);
}

/// It would be a pity to find out after the flight.
fn cannot_save(display: &Display) {
    let picture = ["--screenshot", "no/a.png", "--at", "999999"];
    let said = fail(display.rocket("unwritable").args(picture));
    assert!(said.starts_with("error: cannot write `no/a.png`: "), "{said}");
    let said = fail(display.rocket("unwritable").args(["--film", "no/a.png"]));
    assert!(said.starts_with("error: cannot write `no/a.png`: "), "{said}");
}

fn shows_a_trap(display: &Display) {
    let mut command = display.rocket("window-trap");
    fs::write(place("window-trap").join("keys"), "1 left down").unwrap();
    let output = command
        .args(["--keys", "keys", "--screenshot", "a.png", "--at", "20", TRAP])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(error(&output).starts_with("error: frame 5: trap: unreachable"), "{}", error(&output));
    let picture = image::open(place("window-trap").join("a.png")).unwrap().into_rgb8();
    let is_red = |color: &&image::Rgb<u8>| color.0[0] > 200 && color.0[2] < 130;
    assert!(picture.pixels().filter(is_red).count() > 100);
}

fn survives(display: &Display) {
    let mut flight = display
        .rocket("killed")
        .args(["--calls", "calls", "--keys", WAVES])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let calls = place("killed").join("calls");
    wait_for(&calls, "\n10 draw_score");
    flight.kill().unwrap();
    flight.wait().unwrap();
    let flown = fs::read_to_string(&calls).unwrap();
    let whole = succeed(rocket("whole").args([
        "--headless",
        "--frames",
        "600",
        "--calls",
        "-",
        "--keys",
        WAVES,
    ]));
    assert!(whole.starts_with(&flown));
}

/// Whoever looks at something else should not lose a life by it.
fn pauses(display: &Display) {
    let flight = display.flight("minimised", &[]);
    let calls = place("minimised").join("calls");
    let length = || fs::metadata(&calls).unwrap().len();
    let grows = || {
        let before = length();
        sleep(Duration::from_millis(700));
        length() > before
    };
    assert!(grows(), "the flight doesn't begin");
    display.xdotool("getactivewindow windowminimize");
    sleep(Duration::from_millis(700));
    assert!(!grows(), "the flight goes on without a player");
    display.xdotool("search --name rocket windowactivate --sync");
    sleep(Duration::from_millis(300));
    assert!(!grows(), "the flight goes on before the player is ready");
    display.xdotool("key p");
    assert!(grows(), "the flight doesn't go on");
    let output = display.leave(flight);
    assert!(output.status.success(), "{}", error(&output));
}

fn keeps(display: &Display) {
    let data = place("kept").join("data").join("from-a-stack-to-a-rocket").join("rocket.json");
    let first = display.flight("kept", &[]);
    assert!(display.size().starts_with("800x600"), "{}", display.size());
    display.xdotool("key F11");
    display.xdotool("key F1");
    let start = Instant::now();
    while display.size() != "1024x768" {
        assert!(start.elapsed() < Duration::from_secs(20), "{}", display.size());
        sleep(Duration::from_millis(100));
    }
    assert!(display.leave(first).status.success());
    let kept = fs::read_to_string(&data).unwrap();
    assert_eq!(kept, "{\"best\":0.0,\"full_screen\":true,\"figures\":true}\n");

    // A later game neither lowers the best score, nor forgets the settings.
    let kept = kept.replace("0.0", "320.0");
    fs::write(&data, &kept).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_rocket"));
    command.current_dir(place("kept")).env("DISPLAY", &display.name);
    command.env("LIBGL_ALWAYS_SOFTWARE", "1").env("XDG_DATA_HOME", place("kept").join("data"));
    let flight = command.stdout(Stdio::null()).spawn().unwrap();
    display.focus();
    let start = Instant::now();
    while display.size() != "1024x768" {
        assert!(start.elapsed() < Duration::from_secs(20), "{}", display.size());
        sleep(Duration::from_millis(100));
    }
    assert!(display.leave(flight).status.success());
    assert_eq!(fs::read_to_string(&data).unwrap(), kept);

    // Without a window nothing is kept, nor read.
    fs::write(&data, "damaged").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_rocket"));
    command.env("XDG_DATA_HOME", place("kept").join("data"));
    succeed(command.args(["--headless", "--frames", "60"]));
    assert_eq!(fs::read_to_string(&data).unwrap(), "damaged");
}
