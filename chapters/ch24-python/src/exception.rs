//! An exception that nothing has caught.

/// An exception that nothing has caught.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{traceback}")]
pub struct Exception {
    /// The name of its class.
    pub class: String,
    /// What Python prints of it.
    pub traceback: String,
}

/// The beginning of a traceback's line for code of the prelude.
const OURS: &str = "  File \"_ours\", ";

impl Exception {
    /// The class of an exception, and its traceback after an EOT. What Python
    /// executes for us is left out: the prelude, and the call that leads to a
    /// statement of a conversation.
    pub(crate) fn read(text: &str) -> Exception {
        let (class, traceback) = text.split_once('\x04').unwrap_or(("", text));
        let mut lines = Vec::new();
        for line in traceback.lines() {
            match line.strip_prefix(OURS) {
                Some(place) if place.ends_with(" in run") => _ = lines.pop(),
                Some(_) => {}
                None => lines.push(line),
            }
        }
        let traceback = lines.iter().map(|line| format!("{line}\n")).collect();
        Exception { class: class.to_owned(), traceback }
    }

    /// The exit code, if the exception is one of `sys.exit`: a text counts as
    /// 1, and nothing as 0.
    pub fn exit_code(&self) -> Option<i32> {
        Some(match self.exit_value()? {
            "" | "None" => 0,
            text => text.parse().unwrap_or(1),
        })
    }

    /// What is to be printed at the end, if the exception is one of `sys.exit`:
    /// a text that isn't a number, with a line end.
    pub fn exit_text(&self) -> Option<String> {
        Some(match self.exit_value()? {
            "" | "None" => String::new(),
            text if text.parse::<i32>().is_ok() => String::new(),
            text => format!("{text}\n"),
        })
    }

    fn exit_value(&self) -> Option<&str> {
        if self.class != "SystemExit" {
            return None;
        }
        let (_, text) = self.traceback.split_once("\nSystemExit")?;
        Some(text.trim_start_matches(':').trim())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exit_has_a_code_or_a_text() {
        let exit = |value: &str| {
            let text = format!("SystemExit\x04Traceback:\nSystemExit{value}\n");
            let exception = Exception::read(&text);
            let code = exception.exit_code().expect("it's one");
            (code, exception.exit_text().expect("it's one"))
        };
        assert_eq!(exit(": "), (0, String::new()));
        assert_eq!(exit(": None"), (0, String::new()));
        assert_eq!(exit(": -3"), (-3, String::new()));
        assert_eq!(exit(": a: 1\n2"), (1, "a: 1\n2\n".to_owned()));
        let other = Exception::read("ValueError\x04\nSystemExit: 3\n");
        assert_eq!((other.exit_code(), other.exit_text()), (None, None));
    }
}
