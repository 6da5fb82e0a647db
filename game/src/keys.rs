//! Files of keys: what a player did, frame by frame.

use std::str::FromStr;
use std::{error, fmt};

use ch13_rocket::Control;

/// Something that happens before a frame is flown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// A control is held (`true`) or released.
    Control(Control, bool),
    /// The picture gets another width and height, in pixels.
    Size(f64, f64),
    /// A fresh game begins.
    Restart,
    /// The flight is over: the frame is not flown any more.
    End,
}

/// What happens in a flight, each with the number of its frame, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script(Vec<(u64, Event)>);

impl Script {
    /// What happens before a frame is flown.
    pub fn at(&self, frame: u64) -> Vec<Event> {
        let from = self.0.partition_point(|(other, _)| *other < frame);
        let to = self.0.partition_point(|(other, _)| *other <= frame);
        self.0[from..to].iter().map(|(_, event)| *event).collect()
    }

    /// The frame at which the flight is over, if the script says so.
    pub fn end(&self) -> Option<u64> {
        let end = self.0.iter().find(|(_, event)| *event == Event::End);
        end.map(|(frame, _)| *frame)
    }
}

/// A line that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptError {
    /// Its number, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

impl FromStr for Script {
    type Err = ScriptError;

    fn from_str(text: &str) -> Result<Script, ScriptError> {
        let mut events = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let words: Vec<&str> =
                line.split('#').next().unwrap_or_default().split_whitespace().collect();
            if !words.is_empty() {
                events.push(
                    read(&words).map_err(|message| ScriptError { line: index + 1, message })?,
                );
            }
        }
        // Stable: what happens before the same frame keeps its order.
        events.sort_by_key(|(frame, _)| *frame);
        Ok(Script(events))
    }
}

/// `FRAME KEY down|up`, `FRAME size WIDTH HEIGHT`, `FRAME restart` or `FRAME end`.
fn read(words: &[&str]) -> Result<(u64, Event), String> {
    let [frame, what @ ..] = words else {
        return Err("there is nothing here".to_owned());
    };
    let frame = frame.parse().map_err(|_| format!("`{frame}` is not the number of a frame"))?;
    let event = match *what {
        ["restart"] => Event::Restart,
        ["end"] => Event::End,
        ["size", width, height] => Event::Size(size(width)?, size(height)?),
        [key, held @ ("down" | "up")] => Event::Control(control(key)?, held == "down"),
        [key] => return Err(format!("`{key}` has to be followed by `down` or `up`")),
        [] => {
            return Err("after the frame comes what happens before it, like `left down`".to_owned());
        }
        _ => {
            return Err(format!(
                "`{}` is none of `KEY down`, `KEY up`, `size WIDTH HEIGHT`, `restart`, `end`",
                what.join(" ")
            ));
        }
    };
    Ok((frame, event))
}

fn size(word: &str) -> Result<f64, String> {
    match word.parse() {
        Ok(size) if (1.0..=65_536.0).contains(&size) => Ok(size),
        _ => Err(format!("`{word}` is not a number of pixels from 1 to 65536")),
    }
}

fn control(key: &str) -> Result<Control, String> {
    match key {
        "left" => Ok(Control::TurnLeft),
        "right" => Ok(Control::TurnRight),
        "boost" | "up" => Ok(Control::Boost),
        "shoot" | "space" => Ok(Control::Shoot),
        _ => Err(format!(
            "unknown key `{key}`: the keys are left, right, boost (or up), shoot (or space)"
        )),
    }
}

impl fmt::Display for Event {
    /// The event as a file of keys has it, without the frame.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Control(control, held) => {
                let key = match control {
                    Control::Shoot => "shoot",
                    Control::Boost => "boost",
                    Control::TurnLeft => "left",
                    Control::TurnRight => "right",
                };
                write!(f, "{key} {}", if *held { "down" } else { "up" })
            }
            Event::Size(width, height) => write!(f, "size {width} {height}"),
            Event::Restart => f.write_str("restart"),
            Event::End => f.write_str("end"),
        }
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(frame, event)| writeln!(f, "{frame} {event}"))
    }
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.line, self.message)
    }
}

impl error::Error for ScriptError {}
