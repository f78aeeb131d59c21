//! `render chart with (…)`: kept with the result for whoever shows it.

use kql_parser::ast::{Expr, ExprKind, Literal, Render};

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, semantic};
use crate::frame::Frame;
use crate::result::Rendering;
use crate::suggest;

/// Kinds of chart that Kusto knows.
pub(crate) const CHARTS: &[&str] = &[
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

/// Properties of `render … with`.
const PROPERTIES: &[&str] = &[
    "kind",
    "title",
    "accumulate",
    "xcolumn",
    "ycolumns",
    "anomalycolumns",
    "series",
    "xtitle",
    "ytitle",
    "xaxis",
    "yaxis",
    "legend",
    "ysplit",
    "ymin",
    "ymax",
    "xmin",
    "xmax",
    "by",
];

impl Binder<'_> {
    pub(crate) fn render(&mut self, mut frame: Frame, render: &Render) -> Result<Frame> {
        let chart = render.chart.text.as_str();
        if !CHARTS.contains(&chart) {
            let message = format!("there is no chart `{chart}`");
            let mut error = semantic(codes::PARAMETER_VALUE, render.chart.span, message);
            error.hints.extend(suggest::hint(chart, CHARTS.iter().copied()));
            return Err(error);
        }
        let mut properties = Vec::new();
        for (name, values) in &render.properties {
            if !PROPERTIES.contains(&name.text.as_str()) {
                let message = format!("render has no property `{}`", name.text);
                let mut error = semantic(codes::UNKNOWN_PARAMETER, name.span, message);
                error.hints.extend(suggest::hint(&name.text, PROPERTIES.iter().copied()));
                return Err(error);
            }
            let values = values.iter().map(property_text).collect::<Result<Vec<_>>>()?;
            properties.push((name.text.clone(), values));
        }
        frame.rendering = Some(Rendering { chart: chart.to_string(), properties });
        Ok(frame)
    }
}

fn property_text(value: &Expr) -> Result<String> {
    match &value.kind {
        ExprKind::Name(text) | ExprKind::Literal(Literal::String(text)) => Ok(text.clone()),
        ExprKind::Literal(Literal::Bool(Some(flag))) => Ok(flag.to_string()),
        ExprKind::Literal(Literal::Long(Some(number))) => Ok(number.to_string()),
        ExprKind::Literal(Literal::Real(Some(number))) => Ok(number.to_string()),
        ExprKind::Literal(Literal::DateTime(text) | Literal::Timespan(text)) => Ok(text.clone()),
        ExprKind::Paren(inner) => property_text(inner),
        ExprKind::Unary { operand, .. } => property_text(operand).map(|text| format!("-{text}")),
        _ => Err(semantic(
            codes::PARAMETER_VALUE,
            value.span,
            "a property of render takes a word or a literal",
        )),
    }
}
