//! Functions of which only the answers are published that are null: which points a simplified or widened shape has is
//! not, and a call that would have to know them is refused when it runs.

use datafusion::arrow::array::ArrayRef;
use datafusion::common::{DataFusionError, Result};
use kql_types::ScalarType;
use kql_types::dynamic::elements;

use crate::adapter::{kernel, next_input};
use crate::column::{Input, Json, JsonText, Output};
use crate::function::{Function, Overload, Param};
use crate::kernel::geo::point::{EARTH_RADIUS, Point};
use crate::kernel::geo::shape::{Lines, Polygons};

/// The tolerance in meters where none is given.
const TOLERANCE: f64 = 10.0;
const MOST_TOLERANCE: f64 = 7_800_000.0;
const H3_RESOLUTION: f64 = 6.0;
const DEEPEST_H3: f64 = 15.0;
const CELLS: &str = "the order of its cells is not published";
const POINTS: &str = "which points its result has is not published";

/// The corners of a shape; `None` where it is invalid.
type Corners = fn(&str) -> Option<Vec<Point>>;

pub(super) fn functions() -> Vec<Function> {
    vec![
        simplified(
            "geo_line_simplify",
            "A line without the corners that lie within a tolerance in meters of one another, 10 if none is given. Null where the \
             line or the tolerance is invalid, or all corners are that near; any other result is not supported.",
            &[
                ("geo_line_simplify(dynamic({'type':'LineString','coordinates':[[1,1]]}))", ""),
                ("geo_line_simplify(dynamic({'type':'LineString','coordinates':[[1.1,1.1],[1.2,1.2]]}), 100000)", ""),
            ],
            "lineString",
            line,
        ),
        simplified(
            "geo_polygon_simplify",
            "A polygon without the corners that lie within a tolerance in meters of one another, 10 if none is given. Null where \
             the polygon or the tolerance is invalid, or all corners are that near; any other result is not supported.",
            &[("geo_polygon_simplify(dynamic({'type':'Polygon','coordinates':[[[5,48],[5,48]]]}))", "")],
            "polygon",
            polygon,
        ),
        simplified(
            "geo_simplify_polygons_array",
            "The polygons of an array without the corners that lie within a tolerance in meters of one another, 10 if none is \
             given. Null where a polygon or the tolerance is invalid, or all corners are that near; any other result is not \
             supported.",
            &[("geo_simplify_polygons_array(dynamic([{'type':'Polygon','coordinates':[[[5,48],[5,48]]]}]))", "")],
            "polygons",
            polygons,
        ),
        widened(
            "geo_line_buffer",
            "The polygon of what lies within a radius in meters of a line. Null where the line or the radius is invalid; any other \
             result is not supported.",
            &[("geo_line_buffer(dynamic({'type':'LineString','coordinates':[[0,0],[1,1]]}), 0)", "")],
            "lineString",
            line,
        ),
        widened(
            "geo_polygon_buffer",
            "The polygon of what lies within a radius in meters of a polygon. Null where the polygon or the radius is invalid; any \
             other result is not supported.",
            &[("geo_polygon_buffer(dynamic({'type':'p'}), 1)", "")],
            "polygon",
            polygon,
        ),
        Function::new(
            "geo_polygon_to_h3cells",
            "The H3 cells of a resolution, 6 if none is given, whose middle lies in a polygon. Null where the polygon, the resolution \
             or the radius is invalid; any other result is not supported, since the order of the cells is not published.",
            &[("geo_polygon_to_h3cells(dynamic({'type':'Polygon','coordinates':[[[0,0],[1,1]]]}))", "")],
        )
        .on(cells(0))
        .on(cells(1))
        .on(cells(2)),
    ]
}

fn line(json: &str) -> Option<Vec<Point>> {
    Some(Lines::parse(json)?.0.into_iter().flatten().collect())
}

fn polygon(json: &str) -> Option<Vec<Point>> {
    Some(Polygons::parse(json)?.edges().map(|(corner, _)| corner).collect())
}

fn polygons(json: &str) -> Option<Vec<Point>> {
    let corners: Vec<Vec<Point>> = elements(json).map(polygon).collect::<Option<_>>()?;
    Some(corners.into_iter().flatten().collect())
}

fn simplified(
    name: &'static str,
    doc: &'static str,
    examples: &'static [(&'static str, &'static str)],
    shape: &'static str,
    corners: Corners,
) -> Function {
    let is_null = move |json: &str, numbers: &[f64]| {
        let tolerance = numbers.first().copied().unwrap_or(TOLERANCE);
        let Some(corners) = corners(json).filter(|_| (0.0..=MOST_TOLERANCE).contains(&tolerance)) else {
            return true;
        };
        let mut others = corners.iter().enumerate().flat_map(|(number, one)| {
            corners.iter().skip(number + 1).map(move |other| one.angle(*other) * EARTH_RADIUS)
        });
        others.all(|distance| distance < tolerance)
    };
    let function = Function::new(name, doc, examples);
    let function = function.on(null_or_refused(name, POINTS, vec![shape], is_null));
    function.on(null_or_refused(name, POINTS, vec![shape, "tolerance"], is_null))
}

fn widened(
    name: &'static str,
    doc: &'static str,
    examples: &'static [(&'static str, &'static str)],
    shape: &'static str,
    corners: Corners,
) -> Function {
    let is_null = move |json: &str, numbers: &[f64]| {
        let [radius, tolerance @ ..] = numbers else { return true };
        let valid =
            radius.is_finite() && *radius > 0.0 && tolerance.iter().all(|tolerance| *tolerance >= 0.0);
        !valid || corners(json).is_none()
    };
    let function = Function::new(name, doc, examples);
    let function = function.on(null_or_refused(name, POINTS, vec![shape, "radius"], is_null));
    function.on(null_or_refused(name, POINTS, vec![shape, "radius", "tolerance"], is_null))
}

fn cells(numbers: usize) -> Overload {
    let params = ["polygon", "resolution", "radius"].into_iter().take(numbers + 1).collect();
    null_or_refused("geo_polygon_to_h3cells", CELLS, params, |json, numbers| {
        let resolution = numbers.first().copied().unwrap_or(H3_RESOLUTION);
        let radius = numbers.get(1).copied().unwrap_or(0.0);
        let valid = (0.0..=DEEPEST_H3).contains(&resolution) && radius.is_finite() && radius >= 0.0;
        !valid || polygon(json).is_none()
    })
}

/// Null where an argument is null or the rule says so, an error for any other row. The parameters are a dynamic, then
/// numbers.
fn null_or_refused(
    name: &'static str,
    reason: &'static str,
    params: Vec<&'static str>,
    is_null: impl Fn(&str, &[f64]) -> bool + Send + Sync + 'static,
) -> Overload {
    let params = params.into_iter().enumerate().map(|(place, param)| {
        Param::is(param, if place == 0 { ScalarType::Dynamic } else { ScalarType::Real })
    });
    Overload::kernel(
        params.collect(),
        ScalarType::Dynamic,
        kernel(move |inputs, rows| -> Result<ArrayRef> {
            let mut rest = inputs.iter();
            let shape = next_input(&mut rest)?.view::<Json>()?;
            let numbers = rest.map(Input::view::<f64>).collect::<Result<Vec<_>>>()?;
            let mut builder = JsonText::builder(rows);
            for row in 0..rows {
                let numbers: Option<Vec<f64>> = numbers.iter().map(|number| number.get(row)).collect();
                if let (Some(json), Some(numbers)) = (shape.get(row), numbers)
                    && !is_null(json.0, &numbers)
                {
                    let message = format!("{name}(): {reason}");
                    return Err(DataFusionError::NotImplemented(message));
                }
                JsonText::append(&mut builder, None);
            }
            Ok(JsonText::finish(builder))
        }),
    )
}
