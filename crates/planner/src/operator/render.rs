//! `render chart with (…)`: kept with the result for whoever shows it.

use kql_parser::ast::{Expr, ExprKind, Literal, Render};

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, semantic};
use crate::env::Env;
use crate::frame::Frame;
use crate::result::Rendering;
use crate::suggest;

/// Kinds of chart that Kusto knows.
pub const CHARTS: &[&str] = &[
    "table",
    "list",
    "anomalychart",
    "areachart",
    "barchart",
    "card",
    "columnchart",
    "ladderchart",
    "linechart",
    "piechart",
    "pivotchart",
    "plotly",
    "scatterchart",
    "stackedareachart",
    "timechart",
    "timeline",
    "timepivot",
    "treemap",
    "graph",
];

/// What the value of a property may be.
#[derive(Clone, Copy)]
enum Value {
    Words(&'static [&'static str]),
    Columns,
    Flag,
    Number,
    Text,
    Any,
}

/// Properties of `render … with`.
const PROPERTIES: &[(&str, Value)] = &[
    ("kind", Value::Words(&["default", "unstacked", "stacked", "stacked100", "map"])),
    ("title", Value::Text),
    ("accumulate", Value::Flag),
    ("xcolumn", Value::Columns),
    ("ycolumns", Value::Columns),
    ("anomalycolumns", Value::Columns),
    ("series", Value::Columns),
    ("xtitle", Value::Text),
    ("ytitle", Value::Text),
    ("xaxis", Value::Words(&["linear", "log"])),
    ("yaxis", Value::Words(&["linear", "log"])),
    ("legend", Value::Words(&["visible", "hidden"])),
    ("ysplit", Value::Words(&["none", "axes", "panels"])),
    ("ymin", Value::Number),
    ("ymax", Value::Number),
    ("xmin", Value::Any),
    ("xmax", Value::Any),
    ("by", Value::Columns),
];

/// The names of the properties.
pub fn property_names() -> impl Iterator<Item = &'static str> {
    PROPERTIES.iter().map(|(name, _)| *name)
}

impl Binder<'_> {
    pub(crate) fn render(&mut self, env: &Env, mut frame: Frame, render: &Render) -> Result<Frame> {
        let chart = render.chart.text.as_str();
        if !CHARTS.contains(&chart) {
            let message = format!("there is no chart `{chart}`");
            let mut error = semantic(codes::PARAMETER_VALUE, render.chart.span, message);
            error.hints.extend(suggest::hint(chart, CHARTS.iter().copied()));
            return Err(error);
        }
        let mut properties = Vec::new();
        for (name, values) in &render.properties {
            let Some((_, expected)) = PROPERTIES.iter().find(|(known, _)| *known == name.text) else {
                let message = format!("render has no property `{}`", name.text);
                let mut error = semantic(codes::UNKNOWN_PARAMETER, name.span, message);
                error.hints.extend(suggest::hint(&name.text, PROPERTIES.iter().map(|(known, _)| *known)));
                return Err(error);
            };
            let values = values
                .iter()
                .map(|value| self.render_property(env, &frame, &name.text, *expected, value))
                .collect::<Result<Vec<_>>>()?;
            properties.push((name.text.clone(), values));
        }
        frame.rendering = Some(Rendering { chart: chart.to_string(), properties });
        Ok(frame)
    }

    /// The same for each of several result tables.
    pub(crate) fn render_all(&mut self, env: &Env, mut frame: Frame, render: &Render) -> Result<Frame> {
        let more = frame.results.take().unwrap_or_default();
        let mut frame = self.render(env, frame, render)?;
        let more = more.into_iter().map(|more| self.render(env, more, render));
        frame.results = Some(more.collect::<Result<Vec<_>>>()?);
        Ok(frame)
    }

    fn render_property(
        &mut self,
        env: &Env,
        frame: &Frame,
        name: &str,
        expected: Value,
        value: &Expr,
    ) -> Result<String> {
        let refused = |what: String| {
            semantic(codes::PARAMETER_VALUE, value.span, format!("the property `{name}` of render is {what}"))
        };
        match (expected, &value.kind) {
            (_, ExprKind::Paren(inner)) => self.render_property(env, frame, name, expected, inner),
            (Value::Words(words), ExprKind::Name(word) | ExprKind::Literal(Literal::String(word))) => {
                match words.contains(&word.as_str()) {
                    true => Ok(word.clone()),
                    false => Err(refused(format!("one of {}", words.join(", ")))),
                }
            }
            (Value::Words(words), _) => Err(refused(format!("one of {}", words.join(", ")))),
            (Value::Columns, ExprKind::Name(column) | ExprKind::Literal(Literal::String(column))) => {
                if !frame.open {
                    frame.known_column(column, value.span)?;
                }
                Ok(column.clone())
            }
            (Value::Columns, _) => Err(refused("a column".to_string())),
            (Value::Flag, ExprKind::Literal(Literal::Bool(Some(flag)))) => Ok(flag.to_string()),
            (Value::Flag, ExprKind::Name(word)) if word == "true" || word == "false" => Ok(word.clone()),
            (Value::Flag, _) => Err(refused("true or false".to_string())),
            (Value::Text, _) => {
                let text = self.constant(env, value, "a title")?;
                match text.literal_str() {
                    Some(text) => Ok(text.to_string()),
                    None => Err(refused("a text".to_string())),
                }
            }
            (_, ExprKind::Unary { operand, .. }) => {
                self.render_property(env, frame, name, expected, operand).map(|text| format!("-{text}"))
            }
            (_, ExprKind::Literal(Literal::Long(Some(number)))) => Ok(number.to_string()),
            (_, ExprKind::Literal(Literal::Real(Some(number)))) => Ok(number.to_string()),
            (Value::Number, _) => Err(refused("a number".to_string())),
            (_, ExprKind::Literal(Literal::Bool(Some(flag)))) => Ok(flag.to_string()),
            (
                _,
                ExprKind::Literal(Literal::DateTime(text) | Literal::Timespan(text) | Literal::String(text)),
            ) => Ok(text.clone()),
            (Value::Any, _) => Err(refused("a literal".to_string())),
        }
    }
}
