//! Shapes as cells of the S2 grid.

use datafusion::arrow::array::ArrayRef;
use datafusion::common::Result;
use kql_types::ScalarType;
use kql_types::dynamic::quote;

use crate::adapter::{kernel, next_input};
use crate::column::{Input, Json, JsonText, Output};
use crate::function::{Function, Overload, Param};
use crate::kernel::geo::covering::{Outline, s2_cells};
use crate::kernel::geo::s2::DEEPEST;
use crate::kernel::geo::shape::{Lines, Polygons};
use crate::kernel::series::write;

const S2_LEVEL: i64 = 11;

pub(super) fn functions() -> Vec<Function> {
    vec![
        s2_covering(
            "geo_polygon_to_s2cells",
            "polygon",
            "The S2 cells of a level, 11 if none is given, that cover a polygon and what lies within a radius of it in meters. \
             Null where an argument is invalid or more than 65,536 cells are needed.",
            &[(
                "geo_polygon_to_s2cells(dynamic({'type':'Polygon','coordinates':[[[0.1,0.1],[0.2,0.1],[0.2,0.2],[0.1,0.1]]]}), 5)",
                "[\"1004\"]",
            )],
            |json| Some(Outline::of_polygons(&Polygons::parse(json)?)),
        ),
        s2_covering(
            "geo_line_to_s2cells",
            "line_string",
            "The S2 cells of a level, 11 if none is given, that cover a line and what lies within a radius of it in meters. \
             Null where an argument is invalid or more than 65,536 cells are needed.",
            &[(
                "geo_line_to_s2cells(dynamic({'type':'LineString','coordinates':[[0.1,0.1],[0.2,0.1]]}), 5)",
                "[\"1004\"]",
            )],
            |json| Some(Outline::of_lines(&Lines::parse(json)?)),
        ),
    ]
}

fn params(shape: &'static str, count: usize) -> Vec<Param> {
    let mut params = vec![
        Param::is(shape, ScalarType::Dynamic),
        Param::is("level", ScalarType::Long),
        Param::is("radius", ScalarType::Real),
    ];
    params.truncate(count);
    params
}

fn s2_covering(
    name: &'static str,
    shape: &'static str,
    doc: &'static str,
    examples: &'static [(&'static str, &'static str)],
    outline: fn(&str) -> Option<Outline>,
) -> Function {
    let run = move |inputs: &[Input], rows: usize| -> Result<ArrayRef> {
        over_rows(inputs, rows, |json, level, radius| {
            let level = u32::try_from(level).ok().filter(|level| *level <= DEEPEST);
            let (Some(level), Some(outline), true) = (level, outline(json), radius >= 0.0) else {
                return Ok(None);
            };
            Ok(s2_cells(&outline, level, radius)
                .map(|cells| tokens(cells.into_iter().map(|cell| cell.token()))))
        })
    };
    (1..=3).fold(Function::new(name, doc, examples), |function, count| {
        function.on(Overload::kernel(params(shape, count), ScalarType::Dynamic, kernel(run)))
    })
}

fn tokens(texts: impl IntoIterator<Item = String>) -> JsonText {
    JsonText(write(texts, |text, out| quote(&text, out)))
}

fn over_rows(
    inputs: &[Input],
    rows: usize,
    of: impl Fn(&str, i64, f64) -> Result<Option<JsonText>>,
) -> Result<ArrayRef> {
    let mut inputs = inputs.iter();
    let shapes = next_input(&mut inputs)?.view::<Json>()?;
    let levels = inputs.next().map(Input::view::<i64>).transpose()?;
    let radii = inputs.next().map(Input::view::<f64>).transpose()?;
    let mut builder = JsonText::builder(rows);
    for row in 0..rows {
        let level = levels.as_ref().map_or(Some(S2_LEVEL), |levels| levels.get(row));
        let radius = radii.as_ref().map_or(Some(0.0), |radii| radii.get(row));
        let cells = match (shapes.get(row), level, radius) {
            (Some(json), Some(level), Some(radius)) => of(json.0, level, radius)?,
            _ => None,
        };
        JsonText::append(&mut builder, cells);
    }
    Ok(JsonText::finish(builder))
}
