//! The report: what was measured, as figures and as a table.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

/// What was measured.
#[derive(Debug, Deserialize, Serialize)]
pub struct Report {
    /// How many times each engine has done each work.
    pub rounds: u32,
    /// The works.
    pub works: Vec<Measured>,
    /// The geometric mean of each engine's ratios.
    pub means: Vec<(String, f64)>,
}

/// What was measured of a work.
#[derive(Debug, Deserialize, Serialize)]
pub struct Measured {
    /// The name of the work.
    pub work: String,
    /// The fastest of wasmi's rounds, in milliseconds.
    pub wasmi: f64,
    /// The ratios of each engine.
    pub engines: Vec<(String, Ratios)>,
}

/// The ratios of all rounds.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Ratios {
    /// The least.
    pub least: f64,
    /// The median.
    pub median: f64,
    /// The greatest.
    pub greatest: f64,
}

impl Ratios {
    /// Of at least one round.
    pub fn new(mut ratios: Vec<f64>) -> Ratios {
        ratios.sort_by(f64::total_cmp);
        Ratios {
            least: ratios[0],
            median: ratios[ratios.len() / 2],
            greatest: ratios[ratios.len() - 1],
        }
    }
}

impl Report {
    /// Of works that the same engines have done.
    pub fn new(rounds: u32, works: Vec<Measured>) -> Report {
        let engines = works.first().map_or(&[][..], |work| &work.engines);
        let mean = |engine: usize| {
            let logarithms = works.iter().map(|work| work.engines[engine].1.median.ln());
            (logarithms.sum::<f64>() / works.len() as f64).exp()
        };
        let means =
            engines.iter().enumerate().map(|(engine, (name, _))| (name.clone(), mean(engine)));
        Report { rounds, means: means.collect(), works }
    }

    /// The names of the engines.
    pub fn engines(&self) -> impl Iterator<Item = &str> {
        self.means.iter().map(|(engine, _)| engine.as_str())
    }

    /// The rows of a table or a chart: each work with the medians, and at the end the means.
    pub fn rows(&self) -> impl Iterator<Item = (&str, Vec<f64>)> {
        let works = self.works.iter().map(|work| {
            let medians = work.engines.iter().map(|(_, ratios)| ratios.median);
            (work.work.as_str(), medians.collect())
        });
        let means = self.means.iter().map(|(_, mean)| *mean).collect();
        works.chain([("geometric mean", means)])
    }

    /// The table in Markdown.
    pub fn markdown(&self) -> String {
        let mut text = "| work |".to_owned();
        self.engines().for_each(|engine| _ = write!(text, " `{engine}` |"));
        text.push_str("\n|---|");
        self.engines().for_each(|_| text.push_str("---|"));
        text.push('\n');
        for (work, ratios) in self.rows() {
            _ = write!(text, "| {work} |");
            ratios.iter().for_each(|ratio| _ = write!(text, " {ratio:.2} |"));
            text.push('\n');
        }
        text
    }
}
