//! Flying in a window. Nothing else in this crate opens one.

use std::cell::RefCell;
use std::env;
use std::fmt::Display;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use ch13_rocket::{Control, HostCall, Pilot};
use macroquad::Window;
use macroquad::input::utils::{register_input_subscriber, repeat_all_miniquad_input};
use macroquad::miniquad::EventHandler;
use macroquad::miniquad::conf::{Conf, LinuxBackend, Platform};
use macroquad::prelude::*;

use crate::draw::{Looks, View};
use crate::effects::Effects;
use crate::film::{self, Film};
use crate::saved::{Kept, Saved};
use crate::scene::Scene;
use crate::{Arguments, Event, Flight, FlightError, Report, STEP, Script, icon, news, screens};

/// The longest frame in seconds: whoever drags the window about should not lose a life by it.
const LONGEST: f64 = 1.0 / 20.0;
/// The shortest frame in seconds, where no display sets the pace.
const SHORTEST: f64 = 1.0 / 240.0;
/// How long R has to be held until another game begins, in seconds.
const HOLD: f64 = 0.5;
/// The name in the window's bar.
const TITLE: &str = "From a stack to a rocket";

/// What came out of a flight.
type Outcome = (Report, Result<(), FlightError>);

/// Says whether there is a display at all, before anything else is done.
pub(crate) fn check_display() -> Result<(), String> {
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY") {
        return Err(no_window("neither DISPLAY nor WAYLAND_DISPLAY is set"));
    }
    Ok(())
}

fn no_window(reason: &str) -> String {
    format!("there is no display to open a window on ({reason}); `--headless` flies without one")
}

/// Opens the window and flies until the flight is over.
///
/// # Errors
///
/// A window that does not open, and why.
pub(crate) fn fly(
    flight: Flight,
    script: Option<Script>,
    arguments: &Arguments,
) -> Result<Outcome, String> {
    let is_x11 = env::var_os("DISPLAY").is_some_and(|value| !value.is_empty());
    let saved = match is_kept(&script, arguments) {
        true => {
            let (saved, problem) = Saved::read();
            complain(problem);
            saved
        }
        false => Saved::default(),
    };
    let conf = Conf {
        window_title: TITLE.to_owned(),
        window_width: crate::FIELD.0 as i32,
        window_height: crate::FIELD.1 as i32,
        window_resizable: true,
        fullscreen: saved.kept().full_screen,
        icon: Some(icon::icon()),
        sample_count: 4,
        platform: Platform {
            linux_backend: match is_x11 {
                true => LinuxBackend::X11Only,
                false => LinuxBackend::WaylandOnly,
            },
            swap_interval: Some(1),
            linux_wm_class: "rocket",
            ..Default::default()
        },
        ..Default::default()
    };
    let outcome = Rc::new(RefCell::new(None));
    let is_open = Arc::new(AtomicBool::new(false));
    let play = {
        let (outcome, is_open) = (Rc::clone(&outcome), Arc::clone(&is_open));
        let arguments = arguments.clone();
        async move {
            is_open.store(true, Ordering::Relaxed);
            let flown = Cockpit::new(flight, script, arguments, saved).fly().await;
            *outcome.borrow_mut() = Some(flown);
        }
    };

    // Miniquad panics where it finds no display or no OpenGL. Until the window is open, a panic is only a reason.
    let hook = panic::take_hook();
    let opened = Arc::clone(&is_open);
    panic::set_hook(Box::new(move |panic| {
        if opened.load(Ordering::Relaxed) {
            hook(panic);
        }
    }));
    let run = panic::catch_unwind(AssertUnwindSafe(|| Window::from_config(conf, play)));
    let flown = outcome.borrow_mut().take();
    match (run, flown) {
        (_, Some(flown)) => Ok(flown),
        (Err(panic), None) if is_open.load(Ordering::Relaxed) => panic::resume_unwind(panic),
        (Err(panic), None) => Err(no_window(message(&*panic))),
        (Ok(()), None) => Err("the window was closed from outside".to_owned()),
    }
}

/// Whether this game counts for the next one: somebody plays, and plays ours.
fn is_kept(script: &Option<Script>, arguments: &Arguments) -> bool {
    let is_picture = arguments.screenshot.is_some() || arguments.film.is_some();
    script.is_none() && !is_picture && arguments.module.is_none()
}

/// Says what prevents that something is kept. The game goes on.
fn complain(problem: Option<String>) {
    if let Some(problem) = problem {
        eprintln!("note: {problem}");
    }
}

/// What a panic says.
fn message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or(panic.downcast_ref::<&str>().copied())
        .unwrap_or("it does not say why")
        .lines()
        .next()
        .unwrap_or_default()
}

/// What the window shows.
enum Screen {
    /// The first screen, and behind it a pilot who shows how it is done.
    Title(Option<(Flight, Pilot)>),
    /// The flight.
    Flight,
    /// The flight, which waits.
    Pause,
    /// The flight, which is over before its time.
    Over(FlightError),
}

/// How long a frame lasts.
#[derive(Clone, Copy, PartialEq)]
enum Pace {
    /// As long as it takes.
    Free,
    /// [`STEP`], as many of them as fit into the time that has passed.
    Steps,
    /// [`STEP`], once a picture, however long that takes: for pictures that are the same each time.
    Pictures,
}

/// The player's place: the flight, what is seen of it, and what is held.
struct Cockpit {
    flight: Flight,
    script: Option<Script>,
    arguments: Arguments,
    screen: Screen,
    pace: Pace,
    scene: Scene,
    effects: Effects,
    /// Time that has passed and is not flown yet.
    late: f64,
    /// Keys that were down when the flight began: they count when they are pressed again.
    muted: Vec<KeyCode>,
    /// For how long R has been held, in seconds; nothing once it has had its effect.
    held_restart: Option<f64>,
    saved: Saved,
    /// The number under which macroquad tells us what happens to the window.
    events: usize,
    is_full: bool,
    shows_figures: bool,
    figures: Figures,
    /// The number of the next picture.
    picture: u64,
    film: Film,
}

/// The figures of the last half second.
struct Figures {
    shown: Report,
    start: Report,
    since: f64,
    pictures: u32,
    pictures_per_second: f64,
}

impl Cockpit {
    fn new(flight: Flight, script: Option<Script>, arguments: Arguments, saved: Saved) -> Cockpit {
        let pace = match &arguments {
            Arguments { screenshot: Some(_), .. } | Arguments { film: Some(_), .. } => {
                Pace::Pictures
            }
            Arguments { record: Some(_), .. } => Pace::Steps,
            _ if script.is_some() => Pace::Steps,
            _ => Pace::Free,
        };
        let screen = match script {
            Some(_) => Screen::Flight,
            // A game that does not fly twice has no pilot, and its first screen only stars.
            None => Screen::Title(flight.another().ok().map(|flight| (flight, Pilot::new()))),
        };
        let report = flight.report();
        let kept = saved.kept();
        Cockpit {
            flight,
            script,
            arguments,
            screen,
            pace,
            scene: Scene::default(),
            effects: Effects::new(),
            late: 0.0,
            muted: Vec::new(),
            held_restart: Some(0.0),
            saved,
            events: register_input_subscriber(),
            is_full: kept.full_screen,
            shows_figures: kept.figures,
            figures: Figures {
                shown: report,
                start: report,
                since: get_time(),
                pictures: 0,
                pictures_per_second: 0.0,
            },
            picture: 0,
            film: Film::default(),
        }
    }

    /// Shows picture after picture until the flight is over or the player leaves.
    async fn fly(mut self) -> Outcome {
        prevent_quit();
        let looks = match Looks::new() {
            Ok(looks) => looks,
            Err(error) => {
                let error = FlightError::Screenshot(format!("cannot draw: {error}"));
                return (self.flight.report(), Err(error));
            }
        };
        loop {
            if is_quit_requested() || self.is_left() || self.is_over() {
                break;
            }
            if let Err(error) = self.advance() {
                // Nobody can play on, but whoever played should see why.
                if !matches!(error, FlightError::Trap { .. }) {
                    return (self.flight.report(), Err(error));
                }
                self.screen = Screen::Over(error);
            }
            self.draw(&looks);
            if self.arguments.at == Some(self.picture)
                && let Some(path) = &self.arguments.screenshot
            {
                let saved = save(&get_screen_data(), path);
                return self.land(saved);
            }
            let from = self.arguments.at.unwrap_or(0);
            if self.arguments.film.is_some()
                && self.picture >= from
                && (self.picture - from).is_multiple_of(film::EVERY)
            {
                let image = get_screen_data();
                let size = (usize::from(image.width), usize::from(image.height));
                self.film.keep(size, |x, y| pixel(&image, x as u32, y as u32));
            }
            self.picture += 1;
            self.figures.pictures += 1;
            next_frame().await;
            if self.pace != Pace::Pictures && f64::from(get_frame_time()) < SHORTEST {
                thread::sleep(Duration::from_secs_f64(SHORTEST));
            }
        }
        self.land(Ok(()))
    }

    /// Ends the flight. What went wrong first is what is told.
    fn land(mut self, outcome: Result<(), FlightError>) -> Outcome {
        self.keep();
        let outcome = match self.screen {
            Screen::Over(error) => Err(error),
            _ => outcome,
        };
        let outcome = outcome.and_then(|()| match &self.arguments.film {
            Some(path) => self.film.save(path).map_err(|error| cannot_write(path, error)),
            None => Ok(()),
        });
        let outcome = outcome.and(self.flight.apply(Event::End));
        (self.flight.report(), outcome)
    }

    /// Keeps what the next game should know.
    fn keep(&mut self) {
        let best = match self.screen {
            // What the pilot of the first screen has won is not the player's.
            Screen::Title(_) => self.saved.kept().best,
            // It began with the one that was kept.
            _ => self.effects.best,
        };
        complain(self.saved.keep(Kept {
            best,
            full_screen: self.is_full,
            figures: self.shows_figures,
        }));
    }

    /// Whether the player leaves. Esc pauses a flight first.
    fn is_left(&mut self) -> bool {
        if !is_key_pressed(KeyCode::Escape) {
            return false;
        }
        let is_flying = matches!(self.screen, Screen::Flight) && self.pace != Pace::Pictures;
        if is_flying {
            self.pause();
        }
        !is_flying
    }

    fn pause(&mut self) {
        self.screen = Screen::Pause;
        self.keep();
    }

    /// Whether the window has lost the keys since the last picture: it's behind another one, or minimised.
    fn is_out_of_sight(&self) -> bool {
        #[derive(Default)]
        struct Focus(bool);
        impl EventHandler for Focus {
            fn update(&mut self) {}
            fn draw(&mut self) {}
            fn window_minimized_event(&mut self) {
                self.0 = true;
            }
            fn window_restored_event(&mut self) {
                self.0 = false;
            }
        }
        let mut focus = Focus::default();
        repeat_all_miniquad_input(&mut focus, self.events);
        focus.0
    }

    /// Whether R has been held long enough. Held on, it has no more effect.
    fn wants_restart(&mut self, seconds: f64) -> bool {
        let is_held = is_key_down(KeyCode::R) && !self.muted.contains(&KeyCode::R);
        self.held_restart = match self.held_restart {
            _ if !is_held => Some(0.0),
            Some(held) if held < HOLD => Some(held + seconds),
            _ => None,
        };
        self.held_restart.is_some_and(|held| held >= HOLD)
    }

    /// Whether the flight has reached its end.
    fn is_over(&self) -> bool {
        let end = self.script.as_ref().and_then(Script::end);
        let end = end.into_iter().chain(self.arguments.frames).min();
        let frames = match self.screen {
            Screen::Title(_) => 0,
            // Nothing is flown any more, and nobody may be there to press a key.
            Screen::Over(_) => self.picture.max(self.flight.frame()),
            Screen::Flight | Screen::Pause => self.flight.frame(),
        };
        end.is_some_and(|end| frames >= end)
    }

    /// Does what the keys say and flies as far as the time that has passed.
    fn advance(&mut self) -> Result<(), FlightError> {
        let seconds = match self.pace {
            Pace::Pictures => STEP,
            _ => f64::from(get_frame_time()).clamp(0.0, LONGEST),
        };
        if is_key_pressed(KeyCode::F1) {
            self.shows_figures = !self.shows_figures;
        }
        if is_key_pressed(KeyCode::F11) {
            self.is_full = !self.is_full;
            set_fullscreen(self.is_full);
        }
        let is_out_of_sight = self.is_out_of_sight();
        let wants_restart = self.wants_restart(seconds);
        match &mut self.screen {
            Screen::Title(pilot) => {
                match pilot {
                    Some((flight, pilot)) => {
                        attract(flight, pilot, &mut self.scene, &mut self.effects, seconds);
                    }
                    None => self.effects.idle(seconds),
                }
                let key = get_last_key_pressed();
                if key
                    .is_some_and(|key| !matches!(key, KeyCode::F1 | KeyCode::F11 | KeyCode::Escape))
                {
                    self.begin();
                }
            }
            Screen::Flight => {
                // A replay goes on: whoever only watches may do something else meanwhile.
                if is_key_pressed(KeyCode::P) || (is_out_of_sight && self.script.is_none()) {
                    self.pause();
                    return Ok(());
                }
                if wants_restart {
                    self.restart()?;
                }
                return self.advance_flight(seconds);
            }
            Screen::Pause => {
                if is_key_pressed(KeyCode::P) {
                    self.screen = Screen::Flight;
                }
                if wants_restart {
                    self.screen = Screen::Flight;
                    return self.restart();
                }
            }
            Screen::Over(_) => self.effects.idle(seconds),
        }
        Ok(())
    }

    /// Leaves the first screen.
    fn begin(&mut self) {
        self.screen = Screen::Flight;
        self.scene = Scene::default();
        self.effects.restart();
        // What the pilot of the first screen has won is not the player's.
        self.effects.best = self.saved.kept().best;
        self.muted = get_keys_down().into_iter().collect();
        self.figures.start = self.flight.report();
    }

    fn restart(&mut self) -> Result<(), FlightError> {
        // Who replays a flight replays its restarts, and no others.
        if self.script.is_some() {
            return Ok(());
        }
        self.effects.restart();
        self.flight.apply(Event::Restart)
    }

    fn advance_flight(&mut self, seconds: f64) -> Result<(), FlightError> {
        let step = match self.pace {
            Pace::Free => return self.frame(seconds),
            Pace::Pictures => return self.frame(STEP),
            Pace::Steps => STEP,
        };
        self.late += seconds;
        while self.late >= step && !self.is_over() {
            self.late -= step;
            self.frame(step)?;
        }
        Ok(())
    }

    /// Flies one frame.
    fn frame(&mut self, seconds: f64) -> Result<(), FlightError> {
        let events = match &self.script {
            Some(script) => script.at(self.flight.frame()),
            None => self.played(),
        };
        for event in events {
            self.flight.apply(event)?;
        }
        let calls = self.flight.advance(seconds)?;
        self.see(&calls, seconds);
        Ok(())
    }

    /// What the player does: the keys, and the edges of the window.
    fn played(&mut self) -> Vec<Event> {
        self.muted.retain(|key| is_key_down(*key));
        let is_held = |keys: &[KeyCode]| {
            keys.iter().any(|key| is_key_down(*key) && !self.muted.contains(key))
        };
        let (width, height) = (screen_width().max(1.0), screen_height().max(1.0));
        vec![
            Event::Size(f64::from(width), f64::from(height)),
            Event::Control(Control::TurnLeft, is_held(&[KeyCode::Left, KeyCode::A])),
            Event::Control(Control::TurnRight, is_held(&[KeyCode::Right, KeyCode::D])),
            Event::Control(Control::Boost, is_held(&[KeyCode::Up, KeyCode::W])),
            // When a game is over, every key is a shot that begins the next one.
            Event::Control(
                Control::Shoot,
                is_held(&[KeyCode::Space])
                    || self.effects.is_waiting && get_last_key_pressed().is_some(),
            ),
        ]
    }

    fn see(&mut self, calls: &[HostCall], seconds: f64) {
        self.scene = Scene::new(calls);
        self.effects.follow(&self.scene, &self.flight, seconds);
    }

    fn draw(&mut self, looks: &Looks) {
        clear_background(BLACK);
        looks.sky(&self.effects);
        let size = match &self.screen {
            Screen::Title(Some((flight, _))) => flight.size(),
            _ => self.flight.size(),
        };
        let view = View::fit(size);
        looks.scene(&self.scene, &self.effects, view);
        looks.bars(view);
        looks.frame();
        if matches!(self.screen, Screen::Flight | Screen::Pause) {
            news::write(&self.effects, view);
        }
        match &self.screen {
            Screen::Title(_) => screens::title(looks, &self.effects),
            Screen::Flight => screens::score(self.scene.score, &self.effects),
            Screen::Pause => {
                screens::score(self.scene.score, &self.effects);
                screens::pause(looks);
            }
            Screen::Over(error) => screens::trap(looks, error),
        }
        if let (Some(held), Screen::Flight | Screen::Pause, None) =
            (self.held_restart.filter(|held| *held > 0.0), &self.screen, &self.script)
        {
            screens::restart((held / HOLD).min(1.0) as f32);
        }
        self.figures.measure(&self.flight);
        if self.shows_figures {
            screens::figures(&self.figures.shown, self.figures.pictures_per_second);
        }
    }
}

/// Lets the pilot of the first screen fly.
fn attract(
    flight: &mut Flight,
    pilot: &mut Pilot,
    scene: &mut Scene,
    effects: &mut Effects,
    seconds: f64,
) {
    let window = Event::Size(f64::from(screen_width()), f64::from(screen_height()));
    // A game that traps behind the first screen will say so when it is flown.
    if flight.apply(window).is_err() {
        return;
    }
    let Ok(calls) = flight.advance(seconds) else {
        return;
    };
    *scene = Scene::new(&calls);
    effects.follow(scene, flight, seconds);
    for (control, held) in pilot.look(&calls) {
        if flight.apply(Event::Control(control, held)).is_err() {
            return;
        }
    }
}

impl Figures {
    /// Takes new figures every half second.
    fn measure(&mut self, flight: &Flight) {
        let seconds = get_time() - self.since;
        if seconds >= 0.5 || self.pictures_per_second == 0.0 {
            let now = flight.report();
            self.shown = now.since(&self.start);
            self.pictures_per_second = f64::from(self.pictures) / seconds.max(0.001);
            self.start = now;
            self.since = get_time();
            self.pictures = 0;
        }
    }
}

/// Saves a picture of the window.
fn save(image: &Image, path: &Path) -> Result<(), FlightError> {
    let (width, height) = (u32::from(image.width), u32::from(image.height));
    let picture = image::RgbImage::from_fn(width, height, |x, y| image::Rgb(pixel(image, x, y)));
    picture.save_with_format(path, ImageFormat::Png).map_err(|error| cannot_write(path, error))
}

/// The colour of a pixel of the window, whose last row comes first.
fn pixel(image: &Image, x: u32, y: u32) -> [u8; 3] {
    let [red, green, blue, _] = image.get_image_data()
        [((u32::from(image.height) - 1 - y) * u32::from(image.width) + x) as usize];
    [red, green, blue]
}

fn cannot_write(path: &Path, error: impl Display) -> FlightError {
    FlightError::Screenshot(format!("cannot write `{}`: {error}", path.display()))
}
