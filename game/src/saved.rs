//! What is kept from one game to the next: the best score, and how the window was.

use std::path::{Path, PathBuf};
use std::{fs, io};

use directories::ProjectDirs;
use serde::{Deserialize, Serialize};

/// What is kept, and where.
#[derive(Debug, Default)]
pub(crate) struct Saved {
    path: Option<PathBuf>,
    kept: Kept,
}

/// The file's contents.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Kept {
    /// The best score.
    pub best: f64,
    /// Whether the window fills the screen.
    pub full_screen: bool,
    /// Whether the figures are shown.
    pub figures: bool,
}

impl Saved {
    /// What the last game has kept, and what is wrong with it.
    pub(crate) fn read() -> (Saved, Option<String>) {
        match ProjectDirs::from("", "", "from-a-stack-to-a-rocket") {
            Some(folders) => Saved::read_from(&folders.data_dir().join("rocket.json")),
            None => (Saved::default(), None),
        }
    }

    fn read_from(path: &Path) -> (Saved, Option<String>) {
        let kept = match fs::read_to_string(path) {
            Ok(text) => serde_json::from_str(&text).map_err(io::Error::from),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Kept::default()),
            Err(error) => Err(error),
        };
        let path = Some(path.to_owned());
        match kept {
            Ok(kept) if kept.best.is_finite() => (Saved { path, kept }, None),
            Ok(_) => (Saved { path, ..Saved::default() }, None),
            // The file may be somebody's: it isn't written over.
            Err(error) => (Saved::default(), path.map(|path| complaint(&path, "read", &error))),
        }
    }

    /// What is kept.
    pub(crate) fn kept(&self) -> Kept {
        self.kept
    }

    /// Keeps something else, and says once what prevents it.
    pub(crate) fn keep(&mut self, kept: Kept) -> Option<String> {
        let path = self.path.clone().filter(|_| kept != self.kept)?;
        self.kept = kept;
        let error = write(&path, kept).err()?;
        self.path = None;
        Some(complaint(&path, "write", &error))
    }
}

fn complaint(path: &Path, what: &str, error: &io::Error) -> String {
    format!("cannot {what} `{}`, so nothing is kept for the next game: {error}", path.display())
}

/// Writes a file beside it first, so that no half of one is left.
fn write(path: &Path, kept: Kept) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    let beside = path.with_extension("new");
    fs::write(&beside, serde_json::to_string(&kept)? + "\n")?;
    fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("rocket-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    #[test]
    fn what_is_kept_is_read_again() {
        let folder = folder("kept");
        let path = folder.join("deep").join("rocket.json");
        let (mut saved, problem) = Saved::read_from(&path);
        assert_eq!((saved.kept(), problem), (Kept::default(), None));
        let kept = Kept { best: 320.0, full_screen: false, figures: true };
        assert_eq!(saved.keep(kept), None);
        let (again, problem) = Saved::read_from(&path);
        assert_eq!((again.kept(), problem), (kept, None));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_damaged_file_is_told_once_and_left_alone() {
        let folder = folder("damaged");
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("rocket.json");
        fs::write(&path, "{\"best\": 1").unwrap();
        let (mut saved, problem) = Saved::read_from(&path);
        assert!(problem.unwrap().contains("rocket.json`, so nothing is kept"));
        assert_eq!(saved.keep(Kept { best: 9.0, ..Kept::default() }), None);
        assert_eq!(fs::read_to_string(&path).unwrap(), "{\"best\": 1");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_place_that_cannot_be_written_is_told_once() {
        let folder = folder("blocked");
        fs::write(&folder, "a file").unwrap();
        let mut saved = Saved { path: Some(folder.join("rocket.json")), ..Saved::default() };
        let kept = |best| Kept { best, ..Kept::default() };
        assert!(saved.keep(kept(1.0)).unwrap().contains("cannot write"));
        assert_eq!(saved.keep(kept(2.0)), None);
        fs::remove_file(folder).unwrap();
    }
}
