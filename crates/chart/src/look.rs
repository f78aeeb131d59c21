//! What `render … with (…)` says about a chart, and what a kind of chart has no use for.

use kql_planner::Rendering;
use kql_types::datetime;

/// How series that share an x are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stack {
    /// Each by itself.
    None,
    /// One on the other.
    Stacked,
    /// One on the other, stretched to a hundred.
    Stacked100,
}

/// The properties of a chart.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    pub title: Option<String>,
    pub x_title: Option<String>,
    pub y_title: Option<String>,
    pub x_column: Option<String>,
    pub y_columns: Vec<String>,
    pub series: Vec<String>,
    pub anomalies: Vec<String>,
    pub stack: Stack,
    pub map: bool,
    pub accumulate: bool,
    pub legend: bool,
    pub x_log: bool,
    pub y_log: bool,
    pub x_min: Option<String>,
    pub x_max: Option<String>,
    pub y_min: Option<f64>,
    pub y_max: Option<f64>,
    pub panels: bool,
    pub notes: Vec<String>,
}

/// The properties that charts with two axes have.
const PLOT: &[&str] = &[
    "accumulate",
    "by",
    "legend",
    "series",
    "title",
    "xaxis",
    "xcolumn",
    "xmax",
    "xmin",
    "xtitle",
    "yaxis",
    "ycolumns",
    "ymax",
    "ymin",
    "ysplit",
    "ytitle",
];

/// Whether a property changes what is drawn.
fn acts(chart: &str, property: &str) -> bool {
    match (chart, property) {
        ("card", _) => property == "title",
        ("piechart", _) => {
            matches!(property, "title" | "kind" | "legend" | "series" | "by" | "xcolumn" | "ycolumns")
        }
        ("barchart", "xaxis" | "xmin" | "xmax") => false,
        ("areachart" | "barchart" | "columnchart" | "scatterchart", "kind") => true,
        ("stackedareachart", "kind") => true,
        ("anomalychart", "anomalycolumns") => true,
        _ => PLOT.contains(&property),
    }
}

impl Look {
    /// Reads what `render` says.
    pub fn of(rendering: &Rendering) -> Self {
        let mut look = Look {
            title: None,
            x_title: None,
            y_title: None,
            x_column: None,
            y_columns: Vec::new(),
            series: Vec::new(),
            anomalies: Vec::new(),
            stack: if rendering.chart == "stackedareachart" { Stack::Stacked } else { Stack::None },
            map: false,
            accumulate: false,
            legend: true,
            x_log: false,
            y_log: false,
            x_min: None,
            x_max: None,
            y_min: None,
            y_max: None,
            panels: false,
            notes: Vec::new(),
        };
        for (name, values) in &rendering.properties {
            if !acts(&rendering.chart, name) {
                look.notes.push(format!("`{name}` changes nothing in a {}", rendering.chart));
                continue;
            }
            let text = values.first().cloned().unwrap_or_default();
            match name.as_str() {
                "title" => look.title = Some(text),
                "xtitle" => look.x_title = Some(text),
                "ytitle" => look.y_title = Some(text),
                "xcolumn" => look.x_column = Some(text),
                "ycolumns" => look.y_columns.clone_from(values),
                "series" | "by" => look.series.clone_from(values),
                "anomalycolumns" => look.anomalies.clone_from(values),
                "accumulate" => look.accumulate = text == "true",
                "legend" => look.legend = text != "hidden",
                "xaxis" => look.x_log = text == "log",
                "yaxis" => look.y_log = text == "log",
                "xmin" => look.x_min = Some(text),
                "xmax" => look.x_max = Some(text),
                "ymin" => look.y_min = text.parse().ok(),
                "ymax" => look.y_max = text.parse().ok(),
                "kind" => look.kind(&rendering.chart, &text),
                "ysplit" => {
                    look.panels = text != "none";
                    if text == "axes" {
                        look.notes.push("each y-axis is drawn in a panel of its own".to_string());
                    }
                }
                _ => {}
            }
        }
        look
    }

    fn kind(&mut self, chart: &str, kind: &str) {
        self.stack = match kind {
            "stacked" => Stack::Stacked,
            "stacked100" => Stack::Stacked100,
            "map" => {
                self.map = true;
                Stack::None
            }
            _ => Stack::None,
        };
        if matches!(chart, "scatterchart" | "piechart") && self.stack != Stack::None {
            self.notes.push(format!("`kind={kind}` changes nothing in a {chart}"));
            self.stack = Stack::None;
        }
    }
}

/// A limit of the x-axis: a number, or a time in seconds since 1970.
pub(crate) fn limit(text: &str, is_time: bool) -> Option<f64> {
    match is_time {
        true => datetime::parse(text).map(crate::points::seconds),
        false => text.parse().ok(),
    }
}
