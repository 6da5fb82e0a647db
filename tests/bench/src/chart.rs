//! The chart: bars for each work, one per engine, as an SVG.
//!
//! It is shown as a picture of its own, where it can't know the colours of the page. So it has a background, light or
//! dark as the reader's system is. It is narrow enough for a phone, and nothing is told by colour alone: the bars of
//! a work have the order of the legend.

use std::fmt::Write;

use crate::Report;

/// The width of the picture. Names are to the left of `LEFT`, bars between `LEFT` and `RIGHT`, and beside the last bar of
/// a work there is room for its ratio.
const WIDTH: f64 = 448.0;
const LEFT: f64 = 160.0;
const RIGHT: f64 = 416.0;
/// Where the first work begins, below the legend and the scale.
const TOP: f64 = 78.0;
/// How high a bar is, and how much room is between two works.
const BAR: f64 = 6.0;
const GAP: f64 = 10.0;

/// The style: light, and dark where the reader's system is. The engines' colours differ in lightness, too.
const STYLE: &str = "\
.scale { text-anchor: middle }
.scale, .ratio { font-size: 12px }
.ratio { stroke-width: 4px; paint-order: stroke }
.work { font-size: 13px }
.mean { font-weight: bold }
.ground { fill: #fff }
.ratio { stroke: #fff }
text { fill: #1f2328 }
.line { stroke: #d1d5da }
.one { stroke: #1f2328 }
.e0 { fill: #a3a3a3 }
.e1 { fill: #5aa2d6 }
.e2 { fill: #1f5f99 }
.e3 { fill: #c2410c }
@media (prefers-color-scheme: dark) {
.ground { fill: #0d1117 }
.ratio { stroke: #0d1117 }
text { fill: #e6edf3 }
.line { stroke: #3d444d }
.one { stroke: #e6edf3 }
.e0 { fill: #8c8c8c }
.e1 { fill: #4a94c8 }
.e2 { fill: #9cc9ef }
.e3 { fill: #fb923c }
}
";

/// The chart of a report. Engines after the fourth get the colours of the first.
pub fn chart(report: &Report) -> String {
    let engines: Vec<&str> = report.engines().collect();
    let rows: Vec<(&str, Vec<f64>)> = report.rows().collect();
    let greatest = rows.iter().flat_map(|(_, ratios)| ratios).fold(1.0, |a: f64, b| a.max(*b));
    // The scale ends at the next half.
    let end = (greatest * 2.0).ceil() / 2.0;
    let x = |ratio: f64| LEFT + ratio / end * (RIGHT - LEFT);
    let pitch = BAR * engines.len() as f64 + GAP;
    let bottom = TOP + pitch * rows.len() as f64;

    let mut out = head(report, bottom + 8.0);
    for (number, engine) in engines.iter().enumerate() {
        let at = 12.0 + 84.0 * number as f64;
        _ = writeln!(
            out,
            r#"<rect class="e{}" x="{at}" y="28" width="12" height="12"/>"#,
            number % 4
        );
        _ = writeln!(out, r#"<text x="{}" y="39">{}</text>"#, at + 18.0, escaped(engine));
    }
    for half in 0..=(end * 2.0) as u32 {
        let ratio = f64::from(half) / 2.0;
        let class = if half == 2 { "one" } else { "line" };
        _ = writeln!(
            out,
            r#"<path class="{class}" d="M{x:.1} {}V{bottom}"/><text class="scale" x="{x:.1}" y="{}">{}</text>"#,
            TOP - 8.0,
            TOP - 14.0,
            if half == 2 { "wasmi".to_owned() } else { ratio.to_string() },
            x = x(ratio),
        );
    }
    for (row, (work, ratios)) in rows.iter().enumerate() {
        let top = TOP + pitch * row as f64;
        let class = if row + 1 == rows.len() { "work mean" } else { "work" };
        let middle = top + pitch / 2.0 - GAP / 2.0 + 5.0;
        _ = writeln!(out, r#"<text class="{class}" x="12" y="{middle}">{}</text>"#, escaped(work));
        for (number, ratio) in ratios.iter().enumerate() {
            let (y, width) = (top + BAR * number as f64, x(*ratio) - LEFT);
            _ = writeln!(
                out,
                r#"<rect class="e{}" x="{LEFT}" y="{y}" width="{width:.1}" height="{}"/>"#,
                number % 4,
                BAR - 1.0
            );
        }
        if let Some(last) = ratios.last() {
            let y = top + BAR * ratios.len() as f64 - 0.5;
            _ = writeln!(
                out,
                r#"<text class="ratio" x="{:.1}" y="{y}">{last:.2}</text>"#,
                x(*last) + 4.0
            );
        }
    }
    out.push_str("</svg>\n");
    out
}

/// What comes before the drawing: what a screen reader says, the colours, the background.
fn head(report: &Report, height: f64) -> String {
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
         viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-labelledby=\"title desc\" \
         font-family=\"system-ui, sans-serif\" font-size=\"14\">\n\
         <title id=\"title\">The speed of the engines, as a part of wasmi’s: longer is faster</title>\n\
         <desc id=\"desc\">"
    );
    let engines: Vec<&str> = report.engines().collect();
    for (work, ratios) in report.rows() {
        let ratios =
            engines.iter().zip(ratios).map(|(engine, ratio)| format!("{engine} {ratio:.2}"));
        let ratios: Vec<String> = ratios.collect();
        _ = writeln!(out, "{}: {}.", escaped(work), escaped(&ratios.join(", ")));
    }
    _ = write!(out, "</desc>\n<style>\n{STYLE}</style>\n");
    _ = writeln!(out, r#"<rect class="ground" width="{WIDTH}" height="{height}" rx="6"/>"#);
    out.push_str("<text x=\"12\" y=\"18\">Speed as a part of wasmi’s: longer is faster</text>\n");
    out
}

/// Text between tags.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
